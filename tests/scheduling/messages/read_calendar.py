"""Reads a calendar, or an email with an event, as a calendar program does; prints what it found as JSON."""

import datetime
import email
import email.policy
import json
import sys

import icalendar
import recurring_ical_events


def iso(value):
    return value.astimezone(datetime.timezone.utc).isoformat() if isinstance(value, datetime.datetime) else value.isoformat()


def event(component):
    text = lambda name: str(component[name]) if name in component else ""
    start, end = component["DTSTART"], component["DTEND"]
    return {
        "uid": text("UID"),
        "sequence": int(component["SEQUENCE"]),
        "start": iso(start.dt),
        "end": iso(end.dt),
        "is_utc": getattr(start.dt, "tzinfo", None) is datetime.timezone.utc or str(getattr(start.dt, "tzinfo", "")) == "UTC",
        "status": text("STATUS"),
        "summary": text("SUMMARY"),
        "location": text("LOCATION"),
        "description": text("DESCRIPTION"),
        "organizer": text("ORGANIZER"),
        "attendee": text("ATTENDEE"),
    }


def calendar(data):
    lines = data.split(b"\r\n")
    whole = icalendar.Calendar.from_ical(data)
    errors = [str(error) for component in whole.walk() for error in component.errors]
    first, last = datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)
    return {
        "method": str(whole.get("METHOD", "")),
        "events": [event(component) for component in whole.walk("VEVENT")],
        "found": len(recurring_ical_events.of(whole).between(first, last)),
        "errors": errors + ["too long" for line in lines if len(line) > 75] + ["no CRLF" for line in lines if b"\n" in line],
    }


data = sys.stdin.buffer.read()
if data.startswith(b"BEGIN:VCALENDAR"):
    print(json.dumps(calendar(data)))
else:
    mail = email.message_from_bytes(data, policy=email.policy.default)
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    print(json.dumps({
        "subject": mail["Subject"],
        "to": mail["To"],
        "text": mail.get_body(("plain",)).get_content(),
        "parts": [{
            "type_method": part.get_param("method"),
            "file": part.get_filename(),
            **calendar(part.get_payload(decode=True)),
        } for part in parts],
    }))
