"""Folders to test on, and a world for the connector suite for each format."""

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from govreg.connectors.interface import Context
from govreg_files.connector import FilesConnector


class Folder:
    """A folder of files in one format, reached without the connector."""

    def __init__(self, folder, suffix):
        self.folder, self.suffix = folder, suffix
        self.place = folder / "files"
        self.place.mkdir()
        self.connector = FilesConnector()
        self.keys = {}

    def context(self):
        return Context(source="tested", workspace=self.folder, secret=lambda name: name)

    def config(self):
        return {
            "path": "files",
            "files": {
                name: {"path": f"{name}.{self.suffix}", "key": list(key)}
                for name, key in self.keys.items()
            },
        }

    def open(self):
        return self.connector.open(
            FilesConnector.Config.model_validate(self.config()), self.context()
        )

    def unreachable(self, secret):
        return {"path": f"nowhere/{secret}"}, self.context()

    def path(self, name):
        return self.place / f"{name}.{self.suffix}"

    def load(self, tables):
        for path in self.place.iterdir():
            path.unlink()
        self.keys = {name: table.key for name, table in tables.items()}
        for name, table in tables.items():
            self.write(self.path(name), table)


class CsvFolder(Folder):
    def write(self, path, table):
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(",".join(table.columns) + "\r\n")
            for row in table.rows:
                parts = []
                for name in table.columns:
                    value = row[name]
                    text = "" if value is None else '"' + str(value).replace('"', '""') + '"'
                    parts.append(text)
                file.write(",".join(parts) + "\r\n")

    def read_raw(self, collection):
        """By Python's own reader, which cannot tell a missing value from an empty text."""
        with self.path(collection).open(encoding="utf-8", newline="") as file:
            return [
                {name: value or None for name, value in row.items()}
                for row in csv.DictReader(file)
            ]


class JsonFolder(Folder):
    def write(self, path, table):
        def plain(value):
            return str(value) if not isinstance(value, bool | int | str | None) else value

        path.write_text(
            "".join(
                json.dumps({n: plain(row[n]) for n in table.columns}, ensure_ascii=False) + "\n"
                for row in table.rows
            ),
            encoding="utf-8",
        )

    def read_raw(self, collection):
        lines = self.path(collection).read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in lines if line]


class ParquetFolder(Folder):
    def write(self, path, table):
        columns = {
            name: pa.array([row[name] for row in table.rows], type=kind)
            for name, kind in table.columns.items()
        }
        pq.write_table(pa.table(columns), path, row_group_size=7)

    def read_raw(self, collection):
        return pq.read_table(self.path(collection)).to_pylist()


@pytest.fixture
def csv_folder(tmp_path):
    return CsvFolder(tmp_path, "csv")


@pytest.fixture
def json_folder(tmp_path):
    return JsonFolder(tmp_path, "jsonl")


@pytest.fixture
def parquet_folder(tmp_path):
    return ParquetFolder(tmp_path, "parquet")


@pytest.fixture
def opened(tmp_path):
    def open_(**config):
        context = Context(source="tested", workspace=tmp_path, secret=lambda name: name)
        held = FilesConnector()
        return held.open(held.Config.model_validate({"path": "f", **config}), context)

    (tmp_path / "f").mkdir()
    return open_
