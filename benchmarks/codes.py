"""Credit codes by the number. Apart from the generator, for those who need no database."""

from enterprises.uscc import check_character


def code(number: int) -> str:
    """A valid credit code for a running number."""
    head = f"91500116{number:09d}"
    return head + check_character(head)
