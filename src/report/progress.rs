//! How far the work has come, for a person at a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line on standard error, if that is a terminal. Clones are the same line.
#[derive(Clone)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    fn begin(is_hidden: bool, length: Option<u64>, template: &str) -> Self {
        // indicatif draws only where standard error is a terminal.
        let target =
            if is_hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(length, target);
        // A template that does not parse leaves the default style.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Counts networks, however many there are.
    pub fn networks(is_hidden: bool) -> Self {
        Self::begin(is_hidden, None, "{human_pos} networks, {per_sec}")
    }

    /// Counts up to a known number of things, such as `runs`.
    pub fn of(is_hidden: bool, length: u64, what: &str) -> Self {
        let template = format!("{{wide_bar}} {{pos}}/{{len}} {what}, {{eta}} left");
        Self::begin(is_hidden, Some(length), &template)
    }

    /// Counts up to a number of things that is learned on the way, and may not be reached.
    pub fn at_most(is_hidden: bool, what: &str) -> Self {
        Self::begin(is_hidden, None, &format!("{{wide_bar}} {{pos}} of at most {{len}} {what}"))
    }

    /// Changes the number of things.
    pub fn set_length(&self, length: u64) {
        self.0.set_length(length);
    }

    /// Counts more things.
    pub fn add(&self, count: u64) {
        self.0.inc(count);
    }

    /// States how many things are done.
    pub fn set(&self, count: u64) {
        self.0.set_position(count);
    }

    /// Removes the line.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}
