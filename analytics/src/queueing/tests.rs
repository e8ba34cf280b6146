//! What the parts promise, on simulated days.

mod days;
mod forecast;
mod learned;
mod transient;
