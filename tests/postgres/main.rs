//! What only a server promises. `.ci/postgres` starts one, runs this, and the contract of the store on it.

mod address;
mod agent;
mod answers;
mod bars;
mod calibration;
mod checks;
mod crowd;
mod damaged;
mod declined;
mod door;
mod judgements;
mod locks;
mod lost;
mod moving;
mod opening;
mod opinions;
mod plans;
mod reopened;
mod repeats;
mod retries;
mod roles;
mod sampling;
mod screen;
mod ticks;
mod trips;
mod upgrade;
