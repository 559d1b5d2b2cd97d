"""What the description cannot say, told to schemathesis: what a good password is, which days are in the past, which
addresses are free, and which records there are to refer to. Requests that are meant to be wrong are left as they are."""

import datetime
import itertools
import os
import urllib.parse

import requests
import schemathesis
from hypothesis import strategies as st

URL = os.environ["PRAXIS_URL"]
LOGIN = {"email": os.environ["PRAXIS_USER"], "password": os.environ["PRAXIS_PASSWORD"]}


def token():
    answer = requests.post(f"{URL}/api/auth/login/", json=LOGIN, timeout=30)
    answer.raise_for_status()
    return answer.json()["access"]


@schemathesis.auth(refresh_interval=1800)
class Token:
    def get(self, case, context):
        return token()

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


TODAY = datetime.date.today()
schemathesis.openapi.format("date", st.dates(TODAY.replace(year=TODAY.year - 100, day=1), TODAY).map(str))
schemathesis.openapi.format("password", st.integers(0, 10**12).map(lambda number: f"violet-{number:013}-kites"))
schemathesis.openapi.format("email", st.integers(0, 10**12).map(lambda number: f"reader{number}@example.org"))


def last(what):
    """Numbers that no request happens upon: those of the newest records."""
    said = {"Authorization": f"Bearer {token()}"}
    rows = requests.get(f"{URL}/api/{what}/?ordering=-id&page_size=100", headers=said, timeout=30).json()["results"]
    return [row["id"] for row in rows]


def new(what, members):
    """The number of a record that is added for the run."""
    answer = requests.post(f"{URL}/api/{what}/", json=members, headers={"Authorization": f"Bearer {token()}"}, timeout=30)
    answer.raise_for_status()
    return answer.json()["id"]


PATIENTS, DOCTORS = last("patients"), last("doctors")
KIND = {"colour": "teal", "minutes": 20, "buffer_before": 0, "buffer_after": 0, "booked_by": "staff", "shortest_notice": 0,
        "days_ahead": 30, "places": 1, "is_active": True}
# Requests happen upon the first numbers and delete them.
SITE = [new("sites", {"name": f"Site {number} of the run"}) for number in range(100)][-1]
ROOM = [new("rooms", {"name": f"Room {number} of the run"}) for number in range(100)][-1]
TYPE = [new("appointment-types", {"name": f"Type {number} of the run", **KIND}) for number in range(100)][-1]
# Appointments of the past, so that they need no hours, and two days apart, so that they do not overlap.
days = itertools.count(2)
names = itertools.count()
pairs = itertools.cycle(itertools.product(PATIENTS, DOCTORS))
doctors = itertools.cycle(DOCTORS)
newcomers = (f"newcomer{number}@example.org" for number in itertools.count())


@schemathesis.hook
def filter_query(context, query):
    """No server reads an address of more than 64 kB."""
    return len(urllib.parse.urlencode(query or {}, doseq=True)) < 30_000


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.path.startswith("/api/slots/"):
        # The range has to begin before it ends, and not long before.
        case.query = {name: {"type": TYPE, "doctor": DOCTORS[0], "patient": PATIENTS[0]}.get(name, "2026-03-02") for name in case.query}
    if isinstance(case.body, list):
        # The same row may stand in a list several times.
        case.body = [dict(row) if isinstance(row, dict) else row for row in case.body]
    for row in case.body if isinstance(case.body, list) else [case.body]:
        if not isinstance(row, dict):
            continue
        if case.path.startswith("/api/auth/register/"):
            row["email"] = next(newcomers)
        elif case.path.startswith("/api/mappings/"):
            row["patient"], row["doctor"] = next(pairs)
        elif case.path.startswith("/api/appointments/"):
            plan(case, row)
        elif row.get("primary_doctor") is not None:
            row["primary_doctor"] = next(doctors)
        arrange(case, row)


def plan(case, row):
    """An appointment that collides with no other. One that is changed keeps its state: which may follow depends on it."""
    start = datetime.datetime.combine(TODAY - datetime.timedelta(days=2 * next(days)), datetime.time(9))
    for member, value in (("patient", PATIENTS[0]), ("doctor", DOCTORS[0]), ("type", TYPE), ("room", ROOM)):
        if row.get(member) is not None:
            row[member] = value
    # The one who is free then is a matter of the hours, of which the run knows nothing.
    if case.method in ("POST", "PUT") and "starts_at" in row and row.get("doctor") is None:
        row["doctor"] = DOCTORS[0]
    if "starts_at" in row:
        row["starts_at"] = start.isoformat() + "Z"
    if "minutes" in row and row["minutes"] is not None:
        row["minutes"] = 20
    if row.get("is_overbooked"):
        row["overbooking_reason"] = "Acute pain"
    if case.method in ("PUT", "PATCH") and "state" in row:
        said = {"Authorization": f"Bearer {token()}"}
        known = requests.get(f"{URL}/api/appointments/{case.path_parameters['id']}/", headers=said, timeout=30)
        row["state"] = known.json()["state"] if known.ok else row["state"]


def arrange(case, row):
    """Names that are free, times in order, and a site and a type that there are."""
    if row.get("site") is not None:
        row["site"] = SITE
    if case.path.startswith("/api/reminder-rules/") and row.get("type") is not None:
        row["type"] = TYPE
    named = ("/api/appointment-types/", "/api/rooms/", "/api/sites/", "/api/note-templates/")
    if case.path.startswith(named) and isinstance(row.get("name"), (str, int, float)):
        row["name"] = f"Name {next(names)}"
    if case.path.startswith("/api/phrases/") and isinstance(row.get("word"), (str, int, float)):
        row["word"] = f"word{next(names)}"
    if row.get("time_zone"):
        row["time_zone"] = "Europe/Paris"
    if case.path.startswith("/api/waiting-list/"):
        for member, value in (("patient", PATIENTS[0]), ("doctor", DOCTORS[0]), ("type", TYPE)):
            if row.get(member) is not None:
                row[member] = value
        for first, last_one, value in (("from_time", "to_time", ("09:00", "12:30")), ("from_day", "to_day", ("2026-03-02", "2026-03-03"))):
            if row.get(first) is not None or row.get(last_one) is not None:
                row[first], row[last_one] = value
    if case.path.startswith(("/api/working-hours/", "/api/schedule-exceptions/")):
        if row.get("doctor") is not None:
            row["doctor"] = next(doctors)
        if row.get("from_time") is not None or row.get("to_time") is not None or row.get("kind") == "extra":
            row["from_time"], row["to_time"] = "09:00", "12:30"
        for first, last_day in (("first_day", "last_day"), ("valid_from", "valid_to")):
            if row.get(last_day) is not None:
                row[last_day] = row[first] = "2026-03-02"
