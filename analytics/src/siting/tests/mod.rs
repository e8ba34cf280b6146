//! Every method against plain enumeration on small random cases, and what must always hold.

mod branching;
mod capacities;
mod coverings;
mod distances;
mod mobile;
mod plain;
