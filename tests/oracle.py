"""The counting rules once more, in the plainest way: look at one day after the other. Shares no code with the portal.

A firm is a dict of dated facts:
    {"certificates": [{"kind", "valid_from", "valid_until" (inclusive), "class_year", "revoked_on"}],
     "places": [{"park", "town", "since", "until" (the first day elsewhere), "from_outside"}],
     "closures": [{"closed_on", "reopened_on"}],
     "applications": [{"kind", "year", "stage", "since"}]}  (in order; each to the next; may be left out)
Unknown days are None. Kinds: {code: {"class_years": bool, "terms": [(since, years or None), ...]}}.
"""

import datetime as dt

DAY = dt.timedelta(days=1)
FOREVER = dt.date.max


def default_last_day(issued, years):
    """The printed last day: the issue day so many years later; 28 February where there is no 29th."""
    try:
        return issued.replace(year=issued.year + years)
    except ValueError:
        return dt.date(issued.year + years, 2, 28)


def printed_period(certificate, kind, definition):
    """First and last day by the paper alone (both inclusive), or None when the definition says nothing of it."""
    if definition == "class_year" and kind["class_years"]:
        year = certificate["class_year"] or (
            certificate["valid_from"] and certificate["valid_from"].year
        )
        if not year:
            return None
        years = [years for since, years in sorted(kind["terms"]) if since.year <= year][-1]
        return dt.date(year, 1, 1), dt.date(year + years - 1, 12, 31)
    if certificate["valid_from"] is None:
        return None
    return certificate["valid_from"], certificate["valid_until"] or FOREVER


def holds(certificate, kind, day, definition):
    period = printed_period(certificate, kind, definition)
    withdrawn = certificate["revoked_on"] is not None and certificate["revoked_on"] <= day
    return period is not None and period[0] <= day <= period[1] and not withdrawn


def qualified(firm, code, kinds, day, definition):
    of_kind = [one for one in firm["certificates"] if one["kind"] == code]
    return any(holds(one, kinds[code], day, definition) for one in of_kind)


def struck_off(firm, day):
    return any(
        closure["closed_on"] <= day
        and (closure["reopened_on"] is None or day < closure["reopened_on"])
        for closure in firm["closures"]
    )


def place_on(firm, day):
    here = [
        one
        for one in firm["places"]
        if one["since"] <= day and (one["until"] is None or day < one["until"])
    ]
    assert len(here) < 2, "no firm stands in two places"
    return here[0] if here else None


def counted_at(firm, code, kinds, day, definition):
    """(park or None, town) where the firm counts for the kind on the day, or None."""
    place = place_on(firm, day)
    if place is None or struck_off(firm, day) or not qualified(firm, code, kinds, day, definition):
        return None
    return place["park"], place["town"]


def in_scope(where, scope):
    park, town = where
    return {"district": True, "parks": park is not None, "outside": park is None}.get(
        scope, scope in (park, town)
    )


def stock(firms, code, kinds, day, definition, scope):
    counted = [counted_at(firm, code, kinds, day, definition) for firm in firms]
    return sum(where is not None and in_scope(where, scope) for where in counted)


def in_flight_at(firm, code, kinds, day):
    """(park or None, town) where the firm has something in flight for the kind on the day, or None."""
    told = [
        one for one in firm.get("applications", []) if one["kind"] == code and one["since"] <= day
    ]
    if not told or told[-1]["year"] != day.year or told[-1]["stage"] not in ("filed", "publicity"):
        return None
    if struck_off(firm, day) or counted_at(firm, code, kinds, day, "certificate"):
        return None
    place = place_on(firm, day)
    return place and (place["park"], place["town"])


def ever_counted(firm, code, kinds, day):
    """On the day or on some day before it."""
    then = [one for one in turning_days(firm) if one <= day]
    return any(counted_at(firm, code, kinds, one, "certificate") for one in [*then, day])


def in_flight(firms, code, kinds, day, scope, first=False):
    """`first`: of firms that never counted."""
    return sum(
        (where := in_flight_at(one, code, kinds, day)) is not None
        and in_scope(where, scope)
        and not (first and ever_counted(one, code, kinds, day))
        for one in firms
    )


def edge(firm, code, kinds, day, definition):
    """What changed overnight: (where it went out, {allowed reasons}), (where it came in, {allowed reasons})."""
    before = counted_at(firm, code, kinds, day - DAY, definition)
    after = counted_at(firm, code, kinds, day, definition)
    if before == after:
        return None, None
    went = (before, why_out(firm, code, kinds, day, definition)) if before else None
    came = (after, why_in(firm, code, kinds, day, definition)) if after else None
    return went, came


def why_out(firm, code, kinds, day, definition):
    if struck_off(firm, day):
        return {"closed"}
    if place_on(firm, day) is None:
        return {"left"}
    if qualified(firm, code, kinds, day, definition):
        return {"transferred"}
    ended = [
        "expired" if printed_period(one, kinds[code], definition)[1] == day - DAY else "revoked"
        for one in firm["certificates"]
        if one["kind"] == code and holds(one, kinds[code], day - DAY, definition)
    ]
    return {"revoked" if "revoked" in ended else "expired"}


def why_in(firm, code, kinds, day, definition):
    """A certificate that began on the day is the reason; else the firm itself came, or came back."""
    anew = {"regained"}
    if not lapsed_before(firm, code, kinds, day, definition):
        anew = {"seen"} if seen_first(firm, code, kinds, day, definition) else {"first"}
    if not qualified(firm, code, kinds, day - DAY, definition):
        return anew
    if struck_off(firm, day - DAY):
        return {"reopened"}
    if place_on(firm, day - DAY) is not None:
        return {"transferred"}
    first = min(firm["places"], key=lambda place: place["since"])
    return anew if first["since"] == day and not first["from_outside"] else {"arrived"}


def seen_first(firm, code, kinds, day, definition):
    """On the first day on which it was qualified, nothing but a roster told that it was."""
    start = next(
        then
        for then in turning_days(firm)
        if then <= day and qualified(firm, code, kinds, then, definition)
    )
    began = [
        one
        for one in firm["certificates"]
        if one["kind"] == code and holds(one, kinds[code], start, definition)
    ]
    return all(one.get("first_seen") for one in began)


def lapsed_before(firm, code, kinds, day, definition):
    """The firm was qualified on some earlier day and, later than that but before or on the eve, was not."""
    if not qualified(firm, code, kinds, day - DAY, definition):
        day -= DAY
        return any(
            qualified(firm, code, kinds, then, definition)
            for then in turning_days(firm)
            if then < day
        )
    then, gap = [then for then in turning_days(firm) if then < day], False
    for one in reversed(then):
        holds_then = qualified(firm, code, kinds, one, definition)
        if gap and holds_then:
            return True
        gap = gap or not holds_then
    return False


def turning_days(firm):
    """Every day on which anything can change, with the day before and after, and every turn of the year, in order."""
    dates = [
        value
        for one in firm["certificates"]
        for value in one.values()
        if isinstance(value, dt.date)
    ]
    dates += [value for one in firm["places"] for value in (one["since"], one["until"]) if value]
    dates += [value for one in firm["closures"] for value in one.values() if value]
    years = {day.year for day in dates} | {
        one["class_year"] for one in firm["certificates"] if one["class_year"]
    }
    span = range(min(years, default=2020), max(years, default=2020) + 5)
    dates += [dt.date(year, 1, 1) for year in span] + [dt.date(year, 12, 31) for year in span]
    return sorted({day + shift for day in dates for shift in (-DAY, 0 * DAY, DAY)})


def events(firm, code, kinds, since, until, definition):
    """Every change from the end of one day to the end of another: (day, "in" or "out", here, there, {allowed reasons}).

    `there` is where the firm counted on the other side of the night; None unless it moved. Days on which nothing can
    change are skipped.
    """
    for day in turning_days(firm):
        if since < day <= until:
            went, came = edge(firm, code, kinds, day, definition)
            moved = went is not None and came is not None
            if went:
                yield day, "out", went[0], came[0] if moved else None, went[1]
            if came:
                yield day, "in", came[0], went[0] if moved else None, came[1]


def flows(firms, code, kinds, since, until, definition, scope):
    """The events of a scope: a move inside it is none. (firm's number, day, "in" or "out", {allowed reasons})."""
    return [
        (number, day, way, reasons)
        for number, firm in enumerate(firms)
        for day, way, here, there, reasons in events(firm, code, kinds, since, until, definition)
        if in_scope(here, scope) and not (there and in_scope(there, scope))
    ]
