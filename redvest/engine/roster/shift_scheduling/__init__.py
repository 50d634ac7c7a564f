"""The public benchmark "employee shift scheduling" (Curtois and Qu 2014, schedulingbenchmarks.org), solved by column
generation.

    instance.py      the problem as its authors describe it, read-only
    text.py          reads the original text format; `json_format.py` the same instances as JSON
    check.py         every broken rule and the cost, from instance and roster alone
    part.py          an instance, or some people on some of its days, as arrays
    runs.py          the cheapest runs of work, chain.py: the cheapest roster of one person from them (compiled)
    pricing.py       both as a `columns.Pricing`
    cut.py           what to solve anew: some people, some days, all else as it stands
    start.py         a first roster, one person after the other
    search.py        root, dives, picks, neighbourhoods; solve.py: the way in
"""
