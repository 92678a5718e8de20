//! The binary as its users run it.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, missing_docs, reason = "a failure is what a test is for")]
#![allow(clippy::format_collect, reason = "short texts are built from lists")]

#[path = "../common/cli.rs"]
mod cli;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/networks.rs"]
mod networks;

mod binary;
mod compare;
mod condition;
mod cost;
mod cost_dumps;
mod curve;
mod direction;
mod dumps;
mod explain;
mod export;
mod faults;
mod feature_list;
mod featurize;
mod field;
mod formats;
mod generate;
mod help;
mod hostile;
mod identity;
mod learn;
mod learn_dumps;
mod library;
mod mean_field_dumps;
mod messages;
mod names;
mod pareto;
mod predictors;
mod prior;
mod rank;
#[cfg(unix)]
mod readme;
mod report;
mod search;
#[cfg(unix)]
mod search_run;
mod select;
mod shards;
#[cfg(unix)]
mod signals;
mod snapshots;
mod spaces;
mod suggest;
#[cfg(target_os = "linux")]
mod threads;
mod training;
mod transfer;
mod use_option;
mod wl;
