"""A team's PostgreSQL: a real server, two coders at once, migrations."""

from __future__ import annotations

import multiprocessing
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import multivector
from multivector.errors import BadValue, StudyError, UnknownName
from multivector.measures.reliability import krippendorff_alpha
from multivector.study.judgements import REVISIONS, Judgements
from multivector.tables import CODINGS

MIGRATIONS = Path(multivector.__file__).parent / "study" / "migrations"
USER = "postgres" if any(u.pw_name == "postgres" for u in pwd.getpwall()) else "nobody"


def binary(name: str) -> str | None:
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name, path=os.pathsep.join([*map(str, homes), os.environ["PATH"]]))


def run(*words: str, cwd: Path) -> None:
    """Run a program of the server, as a user who is not root, which it refuses."""
    user: dict[str, Any] = (
        {"user": USER, "group": pwd.getpwnam(USER).pw_gid} if os.geteuid() == 0 else {}
    )
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, **user)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    initdb, control = binary("initdb"), binary("pg_ctl")
    if initdb is None or control is None:
        pytest.skip("no PostgreSQL server here: apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="mv-pg-", ignore_cleanup_errors=True) as scratch:
        home = Path(scratch)
        if os.geteuid() == 0:
            shutil.chown(home, USER)
        data = str(home / "data")
        run(initdb, "-D", data, "-U", "team", "-A", "trust", "-E", "UTF8", "--no-sync", cwd=home)
        settings = f"-c listen_addresses= -c unix_socket_directories={home} -c fsync=off"
        log = str(home / "log")
        run(control, "-D", data, "-o", settings, "-l", log, "-w", "start", cwd=home)
        try:
            yield f"postgresql://team@/postgres?host={home}"
        finally:
            run(control, "-D", data, "-m", "immediate", "-w", "stop", cwd=home)


@pytest.fixture
def team(server: str, tmp_path: Path) -> str:
    """Return the address of a new, empty database on the server."""
    name = f"t{abs(hash(tmp_path)) % 10**9}"
    driver = server.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(driver, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'judgements.sqlite'}"
    return str(request.getfixturevalue("team"))


def write(url: str, coder: str, times: int) -> None:
    judgements = Judgements(url)
    for i in range(times):
        judgements.code(f"u{i}", "type", "visit" if i % 3 else "summit", coder=coder)


def correct(url: str, coder: str, at: int, told: multiprocessing.Queue) -> None:
    try:
        told.put((coder, Judgements(url).code("u", "type", coder, coder=coder, supersedes=at)))
    except StudyError as error:
        told.put((coder, str(error)))


def test_two_coders_write_at_once_and_nothing_is_lost(address: str) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=write, args=(address, c, 40)) for c in ("ada", "bo")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    found = Judgements(address).codings()
    assert found.height == 80
    assert found["coding"].is_unique().all()
    assert found.group_by("coder").len()["len"].to_list() == [40, 40]
    assert krippendorff_alpha(found, bootstrap=0)["value"].to_list() == [1.0]


def test_of_two_corrections_at_once_the_second_is_told(address: str) -> None:
    first = Judgements(address).code("u", "type", "visit", coder="ada")
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    workers = [context.Process(target=correct, args=(address, c, first, told)) for c in ("b", "c")]
    for worker in workers:
        worker.start()
    answers = dict(told.get(timeout=600) for _ in workers)
    for worker in workers:
        worker.join()
    assert {type(answer) for answer in answers.values()} == {int, str}
    assert "superseded meanwhile" in next(a for a in answers.values() if isinstance(a, str))
    assert Judgements(address).codings().height == 1
    assert Judgements(address).codings(history=True).height == 2


def test_codings_come_back_as_a_record_table(address: str) -> None:
    judgements = Judgements(address)
    number = judgements.code(
        "p1",
        "dimension",
        "economic",
        coder="rule:tr",
        coder_kind="rule",
        document="ab" * 32,
        start=3,
        end=11,
        quote="Қазақстан"[:8],
        note="Kazakh letters, and an emoji 🕊",
    )
    row = CODINGS.check(judgements.codings()).row(0, named=True)
    assert (row["coding"], row["quote"], row["note"][-1]) == (number, "Қазақста", "🕊")
    assert row["source"] == "study@codings"


def test_many_are_stored_all_or_none(address: str) -> None:
    judgements = Judgements(address)
    base = {"unit": "p", "variable": "type", "value": "visit", "coder": "m", "coder_kind": "model"}
    assert len(judgements.code_many([base, {**base, "unit": "q"}])) == 2
    with pytest.raises(UnknownName, match="no coding 99"):
        judgements.code_many([{**base, "unit": "r"}, {**base, "unit": "s", "supersedes": 99}])
    assert judgements.codings()["unit"].to_list() == ["p", "q"]


def test_judgements_work_in_either_database(address: str) -> None:
    judgements = Judgements(address)
    first = judgements.record("review", "x", {"ok": True}, coder="ada")
    judgements.record("review", "x", {"ok": False}, coder="ada", supersedes=first)
    assert judgements.frame()["value"].to_list() == ['{"ok": false}']
    assert judgements.frame(history=True).height == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"coder_kind": "robot"}, "expected one of person, rule, model"),
        ({"start": 3}, "half a place"),
        ({"quote": "abc"}, "half a place"),
        ({"start": 5, "end": 5}, "an end behind it"),
        ({"start": 0, "end": 5, "quote": "abc"}, "a quote of 3 characters stands at 0 to 5"),
    ],
)
def test_a_coding_that_cannot_be_is_refused(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    judgements = Judgements(f"sqlite:///{tmp_path / 'j.sqlite'}")
    with pytest.raises(BadValue, match=message):
        judgements.code("u", "type", "visit", coder="ada", **change)
    assert judgements.codings().is_empty()


def configuration(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def test_the_migrations_known_are_those_there() -> None:
    script = ScriptDirectory.from_config(configuration(None))
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(revisions)) == REVISIONS


def test_migrations_go_up_and_down(address: str) -> None:
    Judgements(address).record("review", "x", "accept", coder="ada")
    driver = address.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(driver)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "0001")
    engine.dispose()
    assert Judgements(address).codings().is_empty()
    assert Judgements(address).frame().height == 1
    assert Judgements(address).code("u", "type", "visit", coder="ada") == 1


def test_an_older_study_is_brought_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'judgements.sqlite'}"
    Judgements(url).record("review", "x", "accept", coder="ada")
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in ("alembic_version", "codings"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    engine.dispose()
    assert Judgements(url).frame().height == 1
    assert Judgements(url).codings().is_empty()


def test_a_newer_study_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'judgements.sqlite'}"
    Judgements(url).record("review", "x", "accept", coder="ada")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(StudyError, match="newer multivector"):
        Judgements(url).frame()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://ada:secret@127.0.0.1:1/none", "cannot be used"),
        ("what is this", "cannot be understood"),
    ],
)
def test_a_wrong_address_is_one_line_without_the_password(url: str, message: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StudyError, match=message) as caught:
        Judgements(url).frame()
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_team_is_named_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'team.sqlite'}"
    monkeypatch.setenv("MULTIVECTOR_DATABASE", url)
    assert Judgements.of(tmp_path / "elsewhere").url == url
    monkeypatch.delenv("MULTIVECTOR_DATABASE")
    with pytest.raises(StudyError, match="MULTIVECTOR_DATABASE"):
        Judgements.of(None)
