//! The library: its parts against definitions, naive versions and reference values.
#![allow(clippy::unwrap_used, missing_docs, reason = "a failure is what a test is for")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/live_paths.rs"]
mod live_paths;
#[path = "../common/networks.rs"]
mod networks;
#[path = "../common/table_support.rs"]
mod table_support;

mod boosting;
mod columns;
mod custom_space;
mod dependence;
mod deviations;
mod encodings;
mod extremes;
mod feature_encodings;
mod features;
mod figures;
mod flow;
mod forest;
mod forest_parity;
mod gaussian_process;
mod isomorphism;
mod linear;
mod metrics;
mod metrics_hostile;
mod metrics_properties;
mod model;
mod paired;
mod path_stats;
mod reference;
mod row_order;
mod shared;
mod table_hostile;
mod table_read;
mod table_round_trip;
mod table_write;
mod wl;
