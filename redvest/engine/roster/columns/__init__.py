"""Column generation: a roster as one column a person, chosen together by a master problem.

A *column* is everything one person does: its own cost, and the *rows* that it hits. A *row* is what people share,
such as one post at one time: it counts how often it is hit and has a cost for that count (too few, too many). A
*pricing* knows the rules of one person and finds the cheapest column for given prices of the rows. Whoever brings
rows and a pricing gets, from here:

    rows.py         rows with convex piecewise-linear cost
    pool.py         columns, kept as arrays, each one once
    pricing.py      the protocol between a pricing and the search; what may be fixed
    effort.py       limits: seconds, counted work, a request to stop
    first_order.py  the master problem by a first-order method (compiled)
    simplex.py      the same by the simplex method, for small or hard-edged ones; choosing whole columns (HiGHS)
    master.py       the master problem: prices of rows, weights of columns, a bound
    generate.py     master and pricing in turn, until no column can help
    dive.py         from a fractional answer to a roster, a few decisions at a time

Nothing here imports Numba or HiGHS until something is solved.
"""
