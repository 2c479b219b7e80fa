//! What each station is asked for, by arithmetic on the flows: no simulation.
