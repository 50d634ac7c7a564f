"""Personal data as lists show it: enough to know whom one means, too little to be worth forwarding."""


def name(full: str) -> str:
    """``张三丰`` is 张**, ``欧阳明`` is 欧**, ``Ann Lee`` is A**; nothing stays nothing."""
    full = full.strip()
    return full[0] + "**" if full else ""


def phone(number: str | None) -> str:
    """``+8613800138000`` is 138****8000: the ends help to recognise it, nobody can dial it."""
    if not number:
        return ""
    plain = number.removeprefix("+86")
    if len(plain) < 8:
        return "****"
    return f"{plain[:3]}****{plain[-4:]}"


def spoken(number: str | None) -> str:
    """A revealed number as a person reads it out: ``138 0013 8000``."""
    if not number:
        return ""
    plain = number.removeprefix("+86")
    if plain != number and len(plain) == 11:
        return f"{plain[:3]} {plain[3:7]} {plain[7:]}"
    return plain
