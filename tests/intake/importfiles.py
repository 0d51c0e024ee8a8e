"""Small invented files in the shapes that real ones come in."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

# As a message board exports them: tabs and line ends around the words, day and month without zeros.
BOARD_HEADERS = [
    "留言编号",
    "留言用户",
    "留言主题",
    "留言时间",
    "留言详情",
    "答复意见",
    "答复时间",
    "完整性指标",
]
BOARD = [
    ["101", "U1", "三号楼没有路灯", "2024/4/5 9:03:07", "\n\t\t\t\n\t\t\t\u3000\u3000晚上回家看不见路，请装灯。\n\t\t\t\n", "已装好两盏。", "2024/4/9 16:00:00", ""],
    ["102", "U2", "楼上漏水", "2024/4/6 19:30:00", "\n\t\t天花板滴水三天了，\xa0物业不管。\n", "已联系物业上门。", "2024/4/8 10:00:00", "1"],
    ["103", "U2", "菜场早上太吵", "2024/4/7 6:10:00", "凌晨四点卸货，喇叭声很大，老人睡不着。", "", "", ""],
]  # fmt: skip
HOTLINE_HEADERS = [
    "id",
    "区域",
    "河流",
    "性质",
    "来源渠道",
    "标题",
    "匿名(1)/实名(0)",
    "时间",
    "投诉件内容",
    "回复1",
    "转处理次数",
    "有效回复条数",
]
HOTLINE = [
    ["H-1", "东区", "清水河", "投诉", "电话", "河边有垃圾", "1", "2023-03-01 00:00:00", "河边步道堆着建筑垃圾，没人清。", "已清运。", "0", "1"],
    ["H-2", "西区", "柳叶河", "咨询", "网站", "步道何时开", "0", "2023-03-02 00:00:00", "请问柳叶河步道什么时候开放？", "预计五月。", "1", "1"],
    ["H-3", "西区", "柳叶河", "建议", "微信", "加座椅", "1", "2023-03-03 00:00:00", "建议在河边加几把座椅，方便老人。", "", "0", "0"],
]  # fmt: skip
LABELLED_HEADERS = ["record_id", "user", "title", "time", "detail", "label", "source"]
LABELLED = [
    ["L1", "U9", "工资拖了半年", "2022/6/14 17:32:20", "装修队的工资拖了半年没有给，请帮忙。", "劳动和社会保障", "set_a"],
    ["L2", "", "", "", "学校门口放学时间堵得厉害，孩子过马路很危险。", "教育文体", "set_b"],
    ["L3", "", "", "", "小区里的垃圾桶满了三天没有人清运，味道很大。", "城乡建设", "set_b"],
]  # fmt: skip


def csv_bytes(
    headers: list[str], rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8"
) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([headers, *rows])
    return out.getvalue().encode(encoding)


def write_csv(path: Path, headers: list[str], rows: list[list[str]], **options: str) -> Path:
    path.write_bytes(csv_bytes(headers, rows, **options))
    return path


def write_xlsx(path: Path, sheets: dict[str, list[list[Any]]], hidden: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if title in hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


def write_lines(path: Path, objects: list[object]) -> Path:
    path.write_text("\n".join(json.dumps(o, ensure_ascii=False) for o in objects) + "\n", encoding="utf-8")
    return path


def xlsx_bomb(path: Path) -> Path:
    """A workbook whose only sheet unpacks to 300 MB."""
    write_xlsx(path, {"表": [["内容"], ["字"]]})
    swollen = path.with_suffix(".tmp")
    with (
        zipfile.ZipFile(path) as old,
        zipfile.ZipFile(swollen, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for part in old.infolist():
            body = old.read(part)
            new.writestr(part.filename, b" " * 300_000_000 if "sheet1" in part.filename else body)
    swollen.replace(path)
    return path


def laughing_xlsx(path: Path) -> Path:
    """A workbook whose only sheet is made of entities within entities."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 9 if n else "哈" * 90}">' for n in range(9))
    write_xlsx(path, {"表": [["内容", "时间"], ["字", "2024-01-01"]]})
    changed = path.with_suffix(".tmp")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            body = old.read(part)
            if "sheet1" in part.filename:
                body = f"<!DOCTYPE l [{entities}]>".encode() + body.replace(b"&#23383;", b"&a8;")
            new.writestr(part.filename, body)
    changed.replace(path)
    return path
