// Reads a calendar with ical.js; prints its events as JSON, with the times at which each takes place, in UTC.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(zone);
}

const shown = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString().replace(".000Z", "Z"));
const times = (event) => {
  const found = [];
  const next = event.iterator();
  for (let time = next.next(); time && found.length < 100; time = next.next()) {
    found.push(shown(time));
  }
  return found;
};
const events = calendar.getAllSubcomponents("vevent").map((component) => new ICAL.Event(component));
console.log(JSON.stringify(events.map((event) => ({
  summary: event.summary,
  start: shown(event.startDate),
  end: shown(event.endDate),
  times: times(event),
}))));
