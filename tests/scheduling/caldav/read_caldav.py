"""Reads the calendars of a user over CalDAV, as a calendar program does; prints what it found as JSON."""

import datetime
import json
import sys

import caldav
from caldav.lib import error

address, user, token, day = sys.argv[1:]
client = caldav.DAVClient(url=address, username=user, password=token)
calendars = {str(calendar.get_display_name()): calendar for calendar in client.principal().calendars()}
calendar = calendars["Grace Hopper"]
start = datetime.datetime.fromisoformat(day).replace(tzinfo=datetime.timezone.utc)
clock = lambda hours: start + datetime.timedelta(hours=hours)
summary = lambda event: f"{event.icalendar_component['SUMMARY']} {event.icalendar_component['DTSTART'].dt:%H:%M}"
state = calendar.objects_by_sync_token()
synced = len(list(state))
again = calendar.objects_by_sync_token(sync_token=state.sync_token)
try:
    calendar.save_event(f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:x\nDTSTART:{clock(9):%Y%m%dT%H%M%SZ}\nEND:VEVENT\nEND:VCALENDAR")
    refused = False
except error.DAVError:
    refused = True
print(json.dumps({
    "calendars": sorted(calendars),
    "morning": [summary(event) for event in calendar.search(start=clock(8), end=clock(10), event=True)],
    "all": len(calendar.events()),
    "synced": synced,
    "again": len(list(again)),
    "refused": refused,
}))
