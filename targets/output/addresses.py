"""Parts of addresses that several pages put together."""


def up_to_page_number(query: str) -> str:
    """A page's own address up to where the number of its list's page follows; `query`: the rest."""
    return f"?{query}&" if query else "?"
