//! The routes of appointments: their staff pages, booking, the calendar, and the board of arrivals.

use super::appointment::model::Appointment;
use super::appointment::state::State;
use super::working_hours::WorkingHours;
use super::{arrivals, booking, calendar, outside_calendar};
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
        get("/appointments/{id}/move", change, booking::moving::edit),
        post("/appointments/{id}/move", change, booking::moving::update),
        get("/appointments/{id}/cancel", change, booking::cancellation::new),
    ];
    for (state, verb) in State::verbs() {
        routes.push(post(format!("/appointments/{{id}}/{verb}"), change, move |v, u, p, f| booking::state::create(state, v, u, p, f)));
    }
    // Appointments are added on the page for booking.
    routes.extend(staff::routes::<Appointment>().into_iter().filter(|route| route.path != "/appointments/new"));
    routes
}
