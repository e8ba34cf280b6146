//! Proves what a person in the room sees: a ticket posted over HTTP changes the right point on the
//! page, at both sizes, without an error in the console, and a lost connection recovers; and a point
//! that the index loses leads to the dossier that cost it; the list of dossiers and the page of agencies lead there, too;
//! what is judged and reported is seen where it counts; an alert is taken from raised to explained by the keyboard alone;
//! a planner drags a point and reads what it changes; a week's briefing is read and taken along; one point's day plays
//! again and points are compared, every chart taken along; everything is found from anywhere, in light and in dark; a wall
//! says how the city stands, and when it does not know; somebody signs in for the first time, with a second factor; who sees
//! only a part is offered that part, and a wall comes in by its key; the page opens while the server is away; and axe finds
//! nothing on any page.

use harness::browser;
use harness::events::{ndjson, ticket};
use harness::server::{Clock, Server};

/// Runs a script against a fresh server that knows a little of one point.
fn in_the_room(test: &str, script: &str) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    server.http().post_all(&ndjson(&[
        ticket("issued", "08:00", "00004", "A1"),
        ticket("started", "08:10", "00004", "A1"),
        ticket("issued", "08:11", "00004", "A2"),
    ]));
    proven(test, script, &server, &[]);
}

/// Runs a script against a server; `more` are arguments of its own.
fn proven(test: &str, script: &str, server: &Server, more: &[&str]) {
    let url = format!("http://{}", server.address());
    let shots = browser::screenshots();
    let Some(output) = browser::run(
        test,
        script,
        &[
            &[&*url, shots.to_str().expect("test paths are UTF-8")],
            more,
        ]
        .concat(),
    ) else {
        return;
    };
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{script} failed\n{out}\n{err}");
}

#[test]
fn a_posted_ticket_changes_the_right_point_on_the_page() {
    in_the_room("the room in a browser", "room.mjs");
}

#[test]
fn a_lost_point_leads_to_the_dossier_that_cost_it() {
    in_the_room("the index in a browser", "index.mjs");
}

#[test]
fn lists_of_dossiers_and_of_agencies_lead_to_a_dossier() {
    in_the_room("dossiers and agencies in a browser", "lists.mjs");
}

#[test]
fn a_judged_criterion_and_a_tasks_progress_are_seen_and_a_question_leads_to_its_dossier() {
    in_the_room(
        "the scorecard and the registers in a browser",
        "registers.mjs",
    );
}

#[test]
fn an_alert_is_taken_from_raised_to_explained_by_the_keyboard_alone() {
    in_the_room("the alert desk in a browser", "desk.mjs");
}

#[test]
fn a_planner_moves_a_point_and_reads_what_it_changes() {
    in_the_room("the planner's room in a browser", "planner.mjs");
}

#[test]
fn a_weeks_briefing_is_read_opened_to_its_figures_and_taken_along() {
    in_the_room("the briefing in a browser", "briefing.mjs");
}

#[test]
fn a_points_day_is_replayed_and_points_are_compared() {
    in_the_room("a point's day and points compared in a browser", "day.mjs");
}

#[test]
fn everything_is_found_from_anywhere_and_light_or_dark_is_chosen() {
    in_the_room("the search box in a browser", "search.mjs");
}

#[test]
fn every_figure_is_explained_where_it_stands_and_a_tour_goes_through_the_rooms() {
    in_the_room("the guide in a browser", "guide.mjs");
}

#[test]
fn a_wall_says_how_the_city_stands_and_when_it_does_not_know() {
    in_the_room("the wall in a browser", "wall.mjs");
}

#[test]
fn somebody_signs_in_for_the_first_time_and_has_a_second_factor_from_then_on() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start_locked(dir.path(), Clock::Events);
    let data = dir.path().to_str().expect("test paths are UTF-8");
    let args = [
        "account",
        "create",
        "room-3",
        "--role",
        "supervisor",
        "--data",
        data,
    ];
    let made = harness::program::run(&args).done();
    proven(
        "signing in in a browser",
        "signin.mjs",
        &server,
        &[made.stdout.trim()],
    );
}

#[test]
fn the_page_opens_while_the_server_is_away_and_is_live_again() {
    in_the_room("the page offline in a browser", "offline.mjs");
}

#[test]
fn axe_finds_nothing_on_any_page_in_both_languages_and_sets_of_colours() {
    in_the_room("axe in a browser", "axe.mjs");
}

#[test]
fn who_sees_a_part_is_offered_that_part_and_a_wall_comes_in_by_its_key() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start_locked(dir.path(), Clock::Events);
    let data = dir.path().to_str().expect("test paths are UTF-8");
    let made = |args: &[&str]| {
        let all = [args, &["--data", data]].concat();
        harness::program::run(&all).done().stdout.trim().to_owned()
    };
    let account = |name: &str, more: &[&str]| {
        made(&[&["account", "create", name, "--role"][..], more].concat())
    };
    let key = |more: &[&str]| made(&[&["key", "create", "--role"][..], more].concat());
    let given = [
        account("officer-1", &["unit_officer", "--sites", "00004"]),
        account(
            "liaison-1",
            &["agency_liaison", "--agencies", "dept/justice"],
        ),
        account("planner-1", &["planner"]),
        account("auditor-1", &["auditor"]),
        key(&["display"]),
        key(&["source"]),
    ];
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    proven(
        "parts of the city in a browser",
        "parts.mjs",
        &server,
        &given,
    );
}
