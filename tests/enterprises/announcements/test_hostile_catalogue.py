"""Every hostile file gets a clear verdict: refused with a reason and a way out, or read as its print shows it.

In the child, within its limits, and with a parent that stays small. `make test` draws some of them,
`make test-long` tries all.
"""

import json
import tracemalloc

import pytest
from django.core.management import call_command

from enterprises.announcements.reading.titles import Field
from enterprises.announcements.safe_reading import read_safely
from enterprises.rosters.definition.problems import FileRefused
from tests.effort import THOROUGH, drawn
from tests.enterprises.announcements import hostile_pdf as pdf
from tests.enterprises.announcements import hostile_text as text
from tests.enterprises.announcements import hostile_word as word
from tests.enterprises.announcements.hostile_files import MEGABYTE, SEEN, UNSEEN

FEW = 14
MOST_OF_THE_PARENT = 40 * MEGABYTE

READ = [
    pdf.many_filters, pdf.object_streams, pdf.form_in_itself, pdf.deep_states, pdf.deep_array,
    pdf.hundred_thousand_notes, pdf.count_that_lies, pdf.count_below_nothing, pdf.page_as_its_own_parent,
    pdf.places_that_are_wrong, pdf.table_of_places_in_a_ring, pdf.rubbish_before, pdf.rubbish_behind,
    pdf.places_without_number, pdf.endless_page, pdf.page_without_room, pdf.scripts, pdf.launches,
    pdf.attachments, pdf.locked_against_printing_only, pdf.font_of_noise, pdf.invisible_text, pdf.white_text,
    pdf.text_as_clip, pdf.transparent_text, pdf.text_outside_of_the_page, pdf.text_outside_of_the_crop,
    pdf.tiny_text, pdf.covered_text, pdf.blackened_text, pdf.text_that_is_clipped_away, pdf.blue_on_blue,
    pdf.white_header_on_blue, pdf.grounds_below_the_text, pdf.list_twice_over, pdf.striped_rows_without_lines, pdf.letters_in_any_order,
    pdf.list_in_a_scaled_form,
    word.wide_cells, word.digits_that_are_none, word.late_entities, word.entities_in_utf_32,
    word.names_that_climb, word.linked_pictures, word.part_put_in, word.strict, word.body_of_another_name,
    word.deleted_row, word.hidden_row, word.hidden_text, word.moved_text, word.text_that_is_not_hidden,
    word.list_in_a_text_box, word.list_in_a_cell, word.sounds_above_signs, word.row_that_begins_later,
    text.scripts, text.hidden_rows, text.swelling_entities, text.other_file_as_entity, text.wide_page,
    text.odd_spans, text.tables_that_place, text.merged_districts, text.page_in_one_file, text.text_of_notepad,
    text.commas_in_a_sentence, text.signs_that_nobody_sees, text.zeros_in_a_text, text.name_in_capitals,
    text.longest_name, text.name_that_turns, text.name_of_broken_signs,
]  # fmt: skip
REFUSED = [
    (pdf.million_lines, "内容过多"), (pdf.one_path_of_a_million_lines, "内容过多"), (pdf.crowded_grid, "没有找到"),
    (pdf.million_letters, "没有找到"), (pdf.deep_array_in_content, "没有找到"), (pdf.ten_thousand_pages, "超过300页"),
    (pdf.deep_page_tree, "损坏"), (pdf.pages_in_a_ring, "损坏"), (pdf.no_table_of_places, "损坏"),
    (pdf.half_of_it, "损坏"), (pdf.noise, "损坏"), (pdf.fields_that_load, "XFA"), (pdf.fetched_content, "没有找到"),
    (pdf.locked_with_a_password, "打开密码"), (pdf.locked_by_aes_128, "打开密码"), (pdf.locked_by_aes_256, "打开密码"),
    (pdf.locked_by_a_stranger, "损坏"), (pdf.font_without_map, "乱码"), (pdf.font_of_private_signs, "乱码"),
    (pdf.drawn_font, "乱码"), (pdf.scan_with_recognised_text, "识别"), (pdf.picture, "扫描件"),
    (pdf.page_named_word, "内容是PDF"), (pdf.page_without_name, "不认识"),
    (word.bomb, "异常庞大"), (word.bomb_in_a_part_that_nobody_reads, "解压后"), (word.many_entries, "部分"),
    (word.size_that_lies, "损坏"), (word.one_endless_text, "没有找到"), (word.endless_brackets, "没有找到"),
    (word.entities, "DTD"), (word.other_file, "DTD"), (word.other_machine, "DTD"), (word.depth, "损坏"),
    (word.tables_in_tables, "损坏"), (word.broken, "损坏"), (word.half_a_body, "损坏"), (word.no_body, "损坏"),
    (word.no_word, "损坏"), (word.macros, "宏"), (word.file_of_macros, "宏"), (word.name_twice, "重名"),
    (word.locked, "打开密码"), (word.locked_entries, "打开密码"), (word.old_word_renamed, ".doc"),
    (word.rich_text_renamed, "RTF"), (word.workbook_renamed, "Excel"), (word.word_named_page, "扩展名"),
    (word.word_named_text, "扩展名"), (word.picture_only, "图片"), (word.no_list, "没有找到企业名单"),
    (text.deep_page, "没有找到"), (text.deep_tables, "没有找到"), (text.endless_paragraph, "没有找到"),
    (text.page_of_zeros, "没有找到"), (text.page_named_printed, "网页"), (text.page_named_word, "网页"),
    (text.one_line, "过多"), (text.open_quotation, "无法读取"), (text.noise, "编码"), (text.too_large, "超过30 MB"),
    (text.name_of_a_program, "不认识"), (text.nothing, "文件为空"), (text.layout_file, ".ofd"), (text.wps, ".wps"),
    (text.old_word, ".doc"),
]  # fmt: skip
SLOW = [
    (pdf.gigabyte_of_zeros, "读取"), (pdf.nested_zeros, "读取"), (pdf.spaces_that_swell, ""),
    (pdf.ten_thousand_own_pages, "超过300页"), (word.many_rows, "超过"),
    (text.many_cells, "超过"), (text.million_names, "过多"), (text.million_commas, "没有找到"),
]  # fmt: skip
"""Those that take seconds, most of them to make."""
SLOWEST = [(pdf.forms_in_forms, "读取"), (pdf.full_pages, "过多")]
"""Those that use up their time."""
CASES = [*drawn(FEW, REFUSED), *drawn(1, SLOW), *(SLOWEST if THOROUGH else [])]


def name_of(case):
    make = case[0] if isinstance(case, tuple) else case
    return f"{make.__module__.rpartition('_')[2]}-{make.__name__}"


def quietly(path):
    """(its lists or the refusal, what the parent held at most)."""
    tracemalloc.start()
    try:
        return read_safely(path, path.name), tracemalloc.get_traced_memory()[1]
    except FileRefused as refused:
        return refused.problem, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", drawn(FEW, READ), ids=name_of)
def test_read_as_its_print_shows_it(tmp_path, make):
    contents, _ = quietly(make(tmp_path))
    assert tuple(line.text(Field.NAME) for line in contents.lines) == SEEN
    assert not any(UNSEEN in said for said in contents.texts)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_refused_with_a_reason_and_a_way_out(tmp_path, case):
    make, said = case
    problem, held = quietly(make(tmp_path))
    assert said in problem.reason
    assert problem.fix
    assert held < MOST_OF_THE_PARENT


def test_what_is_not_seen_is_told(tmp_path):
    contents, _ = quietly(pdf.covered_text(tmp_path))
    assert [each.what for each in contents.ignored] == ["看不见的文字"]
    contents, _ = quietly(word.part_put_in(tmp_path))
    assert [each.what for each in contents.ignored] == ["嵌入的文件"]


def test_a_sign_that_only_the_font_knows_leaves_no_other_name(tmp_path):
    contents, _ = quietly(pdf.one_private_sign(tmp_path))
    assert contents.lines[0].text(Field.NAME) == SEEN[0].replace("甲", "\ufffd")


def test_a_sign_beyond_the_first_plane_is_one(tmp_path):
    contents, _ = quietly(pdf.rare_sign(tmp_path))
    assert contents.lines[0].text(Field.NAME) == SEEN[0].replace("甲", "\U0002b0e0")


def test_a_merged_district_stands_with_each_of_its_firms(tmp_path):
    contents, _ = quietly(text.merged_districts(tmp_path))
    assert [line.text(Field.DISTRICT) for line in contents.lines] == ["江津区"] * 3


@pytest.mark.parametrize(
    "make", [text.name_that_turns, text.name_of_broken_signs, text.zeros_in_a_text]
)
def test_the_command_tells_of_any_name_and_sign(plan, tmp_path, capfdbinary, make):
    call_command("match_list", make(tmp_path), "--json")
    told = json.loads(capfdbinary.readouterr().out)
    assert told["readable"]
    assert [line["name"] for line in told["lines"]] == list(SEEN)
