//! The routes of appointments: their staff pages, booking, the calendar, and the board of arrivals.

use super::appointment::model::Appointment;
use super::appointment::state::State;
use super::schedule_exception::ScheduleException;
use super::waiting_list::model::WaitingEntry;
use super::working_hours::WorkingHours;
use super::{absence, arrivals, booking, calendar, offer, outside_calendar, portal, series, waiting_list, week};
use crate::clinic::staff;
use crate::resource::Model;
use crate::resource::access::actor::Action;
use crate::web::routing::access::Access::Records;
use crate::web::routing::route::{Route, get, post};
use crate::web::routing::title::Menu;

pub fn routes() -> Vec<Route> {
    let (add, change) = (Records(Appointment::NAME, Action::Add), Records(Appointment::NAME, Action::Change));
    // The calendar shows when doctors work, which patients do not see.
    let look = Records(WorkingHours::NAME, Action::View);
    // Whoever plans hours, at least their own.
    let plan = Records(WorkingHours::NAME, Action::Change);
    let mut routes = vec![
        get("/calendar", look, calendar::page::day)
            .titled("Calendar", "calendar")
            .also("appointments day diary schedule")
            .listed(Menu::Day),
        get("/calendar/week", look, calendar::page::week),
        get("/calendar/month", look, calendar::page::month),
        get("/working-hours", plan, week::index::show)
            .titled("Working hours", "clock")
            .also("schedule rota time off holidays availability")
            .listed(Menu::Main),
        get("/doctors/{id}/week", plan, week::page::edit),
        post("/doctors/{id}/week", plan, week::page::update),
        post("/doctors/{id}/time-off", Records(ScheduleException::NAME, Action::Add), week::time_off::create),
        post("/time-off/{id}/delete", Records(ScheduleException::NAME, Action::Delete), week::time_off::destroy),
        get("/arrivals", change, arrivals::page::show).titled("Arrivals", "clock").also("waiting room board").listed(Menu::Day),
        get(outside_calendar::page::PATH, plan, outside_calendar::page::index)
            .titled("Outside calendars", "calendar")
            .also("busy ics subscribe outlook google apple"),
        get("/outside-calendars/new", plan, outside_calendar::new_page::new),
        post("/outside-calendars/new", plan, outside_calendar::new_page::create),
        post("/outside-calendars/{id}/fetch", plan, outside_calendar::page::fetch),
        get("/outside-calendars/{id}/delete", plan, outside_calendar::page::confirm),
        post("/outside-calendars/{id}/delete", plan, outside_calendar::page::destroy),
        get("/appointments/new", add, booking::page::new),
        post("/appointments/new", add, booking::page::create),
        post("/appointments/series", add, series::page::create),
        get("/appointments/{id}/series/cancel", change, series::following::new),
        post("/appointments/{id}/series/cancel", change, series::following::create),
        post("/appointments/{id}/series/undo", change, series::following::undo),
        get("/appointments/{id}/move", change, booking::moving::edit),
        post("/appointments/{id}/move", change, booking::moving::update),
        get("/appointments/{id}/cancel", change, booking::cancellation::new),
    ];
    for (state, verb) in State::verbs() {
        routes.push(post(format!("/appointments/{{id}}/{verb}"), change, move |v, u, p, f| booking::state::create(state, v, u, p, f)));
    }
    let (away, exceptions) = (Records(ScheduleException::NAME, Action::Add), Records(ScheduleException::NAME, Action::View));
    routes.extend([
        post("/appointments/{id}/propose", change, offer::propose::create),
        post("/appointments/{id}/withdraw-links", change, booking::links::destroy),
        get("/absences/new", away, absence::new_page::new).titled("A doctor is away", "calendar").also("ill sick leave absence"),
        post("/absences/new", away, absence::new_page::create),
        get("/absences/{id}", exceptions, absence::page::show),
        post("/absences/{id}/undo", Records(ScheduleException::NAME, Action::Delete), absence::undo::create),
        post("/waiting-list/{id}/offer", Records(WaitingEntry::NAME, Action::Change), waiting_list::offering::create),
    ]);
    routes.extend(portal::routes::routes());
    routes.extend(staff::routes::<WaitingEntry>().into_iter().map(|route| match &*route.path {
        "/waiting-list" => route.titled("Waiting list", "clock").also("earlier cancelled").listed(Menu::Day),
        _ => route,
    }));
    // Appointments are added on the page for booking.
    routes.extend(staff::routes::<Appointment>().into_iter().filter(|route| route.path != "/appointments/new"));
    routes
}
