//! The library: its parts against definitions, naive versions and reference values.
#![allow(clippy::unwrap_used, missing_docs, reason = "a failure is what a test is for")]
#![allow(clippy::format_collect, reason = "short texts are built from lists")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/live_paths.rs"]
mod live_paths;
#[path = "../common/networks.rs"]
mod networks;
#[path = "../common/table_support.rs"]
mod table_support;

mod boosting;
mod bundled_spaces;
mod columns;
mod control;
mod custom_space;
mod dependence;
mod deviations;
mod dialects;
mod docs;
mod encodings;
mod explain;
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
mod mean_field;
mod metrics;
mod metrics_hostile;
mod metrics_properties;
mod model;
mod paired;
mod path_stats;
mod reference;
mod row_order;
mod shapes;
mod shared;
mod study;
mod table_binary;
mod table_binary_hostile;
mod table_hostile;
mod table_read;
mod table_round_trip;
mod table_write;
mod views;
mod wl;
