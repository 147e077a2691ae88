"""How a database means to answer a statement: does it walk many rows of a table once for each row of another?

Both databases tell their plan. PostgreSQL says what each step costs; SQLite says which index it uses, and its own
statistics say how many rows share a key of that index. An index that leads to a third of the table is no help.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

FEW = 100
"""Steps that are repeated no more often than this, or walk no more rows each time, may do so: units, kinds, a page."""
COST_OF_A_ROW = 0.5
"""What PostgreSQL reckons at least for fetching a row by an index, where the rows lie scattered."""
Params = Sequence[Any] | Mapping[str, Any] | None
ALIASED = re.compile(r'\b(\w+)"? ([A-Z]\d+)\b')
LIST = re.compile(r"\(%s(?:, %s)+\)")
COLUMN = re.compile(r"(\w+)\.(\w+)")
STEP = re.compile(
    r"(?:SCAN|SEARCH) (?P<name>\S+)(?: USING (?P<how>.*?)(?:INDEX (?P<index>\S+)|KEY|INDEX))?"
    r"(?: \((?P<keys>.*)\))?(?: LEFT-JOIN)?$"
)


def table_sizes() -> dict[str, int]:
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        sizes = {}
        for table in tables:
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
            sizes[table] = cursor.fetchone()[0]
    return sizes


def walks(sql: str, params: Params, sizes: Mapping[str, int]) -> list[str]:
    """What the statement walks for each of many rows, in words; empty where it is well planned."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (FORMAT JSON, VERBOSE) {sql}", params)
            answer = cursor.fetchone()[0]
            plan = json.loads(answer) if isinstance(answer, str) else answer
            return PostgresPlan(plan[0]["Plan"], sizes).walks()
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return SqlitePlan(cursor.fetchall(), sql, sizes).walks()


# --- PostgreSQL ----------------------------------------------------------------------------------
class PostgresPlan:
    def __init__(self, plan: dict[str, Any], sizes: Mapping[str, int]) -> None:
        self.plan, self.sizes = plan, sizes
        self.tables = dict(_tables(plan))

    def walks(self) -> list[str]:
        return list(self._follow(self.plan, 1))

    def _follow(self, node: dict[str, Any], runs: float) -> Iterator[str]:
        """`runs`: how often the node is asked for all its rows."""
        kind = node["Node Type"]
        if runs > FEW and _walks_many_rows(node, self.sizes):
            yield f"{kind} of {node.get('Relation Name', 'rows')}, {runs:.0f} times"
        if "Join Filter" in node and self._pairs_of_a_row(node) > FEW:
            yield f"{kind}, many rows with one key: {node['Join Filter']}"
        outer_rows = 1.0
        for child in node.get("Plans", []):
            relation = child["Parent Relationship"]
            child_runs = runs
            if relation == "Outer":
                outer_rows = child["Plan Rows"]
            elif relation == "Inner" and kind == "Nested Loop":
                child_runs = runs * outer_rows
            elif relation == "SubPlan":
                once = f"hashed {child['Subplan Name']}" in json.dumps({**node, "Plans": []})
                child_runs = 1 if once else runs * _rows_looked_at(node, self.sizes)
            elif relation == "InitPlan":
                child_runs = 1
            yield from self._follow(child, 1 if kind == "Materialize" else child_runs)

    def _pairs_of_a_row(self, node: dict[str, Any]) -> float:
        """How many rows of the other side have a row's key: each of them is compared with it.

        The costs do not tell where the first match ends the search: a match is thought to come soon.
        """
        keys = COLUMN.findall(node.get("Hash Cond") or node.get("Merge Cond") or "")
        outer, inner = node["Plans"][:2]
        if not keys or outer["Plan Rows"] <= FEW:
            return 0
        per_key = [_rows_per_value(self.tables.get(alias, ""), name) for alias, name in keys]
        return min(inner["Plan Rows"], *per_key)


def _tables(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Alias → table."""
    if "Relation Name" in node:
        yield node["Alias"], node["Relation Name"]
    for child in node.get("Plans", []):
        yield from _tables(child)


def _rows_per_value(table: str, column: str) -> float:
    """Rows of a table that share a value of the column; below 0 the database tells values per row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples, n_distinct FROM pg_class JOIN pg_stats ON tablename = relname "
            "WHERE relname = %s AND attname = %s",
            [table, column],
        )
        rows, values = cursor.fetchone() or (1, 1)
    if values < 0:
        return -1 / float(values)
    return float(rows / values) if values else float(rows)


def _walks_many_rows(node: dict[str, Any], sizes: Mapping[str, int]) -> bool:
    if node["Node Type"] in ("Materialize", "CTE Scan"):
        return bool(node["Plan Rows"] > FEW)
    if sizes.get(node.get("Relation Name", ""), 0) <= FEW:
        return False
    return node["Node Type"] == "Seq Scan" or node["Total Cost"] > FEW * COST_OF_A_ROW


def _rows_looked_at(node: dict[str, Any], sizes: Mapping[str, int]) -> float:
    """A condition is tried on rows that it then leaves out, which the number of rows does not tell."""
    if "Filter" in node and "Relation Name" in node:
        return sizes.get(node["Relation Name"], 0)
    return float(node["Plan Rows"])


# --- SQLite --------------------------------------------------------------------------------------
class SqlitePlan:
    def __init__(self, rows: Sequence[tuple], sql: str, sizes: Mapping[str, int]) -> None:
        self.steps: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for number, parent, _, words in rows:
            self.steps[parent].append((number, words))
        self.sizes = dict(sizes)
        # A list of keys in the statement is looked up key by key, which the plan does not say.
        self.listed = max((keys.count("%s") for keys in LIST.findall(sql)), default=1)
        for table, alias in ALIASED.findall(sql):
            known = self.sizes.get(alias, 0)
            self.sizes[alias] = max(known, sizes.get(table, 0))
        self.rows_per_key = _rows_per_key()
        self.found: list[str] = []

    def walks(self) -> list[str]:
        self._follow(0, 1)
        return self.found

    def _follow(self, parent: int, runs: float) -> float:
        """Each step is repeated for every row of the steps before it. Gives the rows of the last."""
        rows = runs
        for number, words in self.steps[parent]:
            if step := STEP.match(words):
                many = self._rows_of(step, runs)
                if rows > FEW and many > FEW:
                    self.found.append(f"{words}, {rows:.0f} times")
                rows *= max(many, self.listed if step["keys"] and rows == 1 else 1)
            elif words.startswith(("SCALAR", "LIST")):
                self._follow(number, 1)
            elif words.startswith(("MATERIALIZE", "CO-ROUTINE")):
                self.sizes[words.split()[1]] = int(self._follow(number, runs))
            elif words.startswith("MULTI-INDEX OR"):
                rows = sum(self._follow(branch, rows) for branch, _ in self.steps[number])
            else:
                self._follow(number, rows)
        return rows

    def _rows_of(self, step: re.Match[str], runs: float) -> float:
        """How many rows it walks each time."""
        size = self.sizes.get(step["name"], 0)
        how, keys = step["how"] or "", (step["keys"] or "").count("=?")
        if "AUTOMATIC" in how:  # made anew each time that its query is run
            return size if runs > FEW else 1
        if not keys:
            return size
        if "rowid=?" in step["keys"]:
            return 1
        known = self.rows_per_key.get(step["index"])
        return known[keys] if known else size


def _rows_per_key() -> dict[str, list[float]]:
    """Index → rows in all, rows with the same first column, with the same first two, and so on."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT idx, stat, "unique" FROM sqlite_stat1, pragma_index_list(tbl) WHERE idx = name'
        )
        found = {}
        for index, stat, is_unique in cursor.fetchall():
            found[index] = [float(number) for number in stat.split() if number.isdecimal()]
            if is_unique:  # rows without a value do not count: none of them equals anything
                found[index][-1] = 1
    return found
