"""What the description cannot say, told to schemathesis: what a good password is, which days are in the past, which
addresses are free, and which records there are to refer to. Requests that are meant to be wrong are left as they are."""

import datetime
import itertools
import os

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


PATIENTS, DOCTORS = last("patients"), last("doctors")
pairs = itertools.cycle(itertools.product(PATIENTS, DOCTORS))
doctors = itertools.cycle(DOCTORS)
newcomers = (f"newcomer{number}@example.org" for number in itertools.count())


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for row in case.body if isinstance(case.body, list) else [case.body]:
        if not isinstance(row, dict):
            continue
        if case.path.startswith("/api/auth/register/"):
            row["email"] = next(newcomers)
        elif case.path.startswith("/api/mappings/"):
            row["patient"], row["doctor"] = next(pairs)
        elif row.get("primary_doctor") is not None:
            row["primary_doctor"] = next(doctors)
