//! What the parts promise, on simulated days.

mod days;
mod forecast;
mod learned;
mod of_day;
mod points;
mod transient;
