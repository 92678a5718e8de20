//! Long work that its caller can end and watch.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;

/// Ends long work, and reports how far it is.
///
/// Clones are the same control: one goes to the work, such as
/// [`ModelBuilder::control`](crate::library::ModelBuilder::control), another stays with the caller, who may
/// [cancel](Control::cancel) it from any thread. Work asks between its steps: trees, boosting rounds, folds, points of a grid,
/// runs of an experiment, blocks of networks. Once it is cancelled, the work ends with an error that says so and leaves nothing behind.
///
/// # Example
///
/// ```
/// use graf::prelude::*;
///
/// let space = Space::named("nasbench201")?;
/// let encodings: Vec<String> = (0..64).map(|row| format!("({}, {}, {}, 2, 0, 3)", row % 4, row / 4 % 4, row / 16)).collect();
/// let networks = space.parse_all(&encodings)?;
/// let accuracy: Vec<f64> = encodings.iter().map(|net| net.matches('2').count() as f64).collect();
///
/// let control = Control::default();
/// let other = control.clone();
/// let control = control.on_progress(move |progress| {
///     if progress.done == 10 {
///         other.cancel(); // Or from another thread.
///     }
/// });
/// let builder = Model::builder(space)?.predictor("forest", &Parameters::new())?;
/// let error = builder.control(&control).fit(&networks, &accuracy).unwrap_err();
/// assert!(error.is_cancelled());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Control {
    is_cancelled: Arc<AtomicBool>,
    on_progress: Option<Arc<Report>>,
}

/// See [`Control::on_progress`].
type Report = dyn Fn(Progress) + Send + Sync;

/// How far some work is. What a step is depends on the work: of a forest a tree, of an experiment a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The steps that are done; never fewer than in an earlier report.
    pub done: usize,
    /// The most steps that there are. Work may end before them.
    pub total: usize,
}

/// Work was cancelled by its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("cancelled")]
pub struct Cancelled;

impl Control {
    /// Calls this after each step, from any thread but never twice at once. It should return soon: work waits for it.
    #[must_use]
    pub fn on_progress(self, report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Control { on_progress: Some(Arc::new(report)), ..self }
    }

    /// Ends the work at its next step. Work that begins later with this control ends at once.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }

    /// Asks whether to go on.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] if it was cancelled.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    /// The same without reports: for work that is a step of other work.
    pub(crate) fn silent(&self) -> Self {
        Control { on_progress: None, ..self.clone() }
    }

    /// Counts so many steps.
    pub(crate) fn steps(&self, total: usize) -> Steps<'_> {
        Steps { control: self, total, done: Mutex::new(0) }
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.debug_struct("Control")
            .field("is_cancelled", &self.is_cancelled())
            .finish_non_exhaustive()
    }
}

/// Steps of some work, counted on any number of threads.
#[derive(Debug)]
pub(crate) struct Steps<'a> {
    control: &'a Control,
    total: usize,
    done: Mutex<usize>,
}

impl Steps<'_> {
    /// Counts a step that is done, and asks whether to go on.
    pub fn done(&self) -> Result<(), Cancelled> {
        self.done_many(1)
    }

    /// The same for several steps that were done at once.
    pub fn done_many(&self, steps: usize) -> Result<(), Cancelled> {
        if let Some(report) = &self.control.on_progress {
            let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
            *done += steps;
            report(Progress { done: *done, total: self.total });
        }
        self.control.check()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use rayon::prelude::*;

    use super::*;

    #[test]
    fn steps_are_counted_in_order_on_any_number_of_threads() {
        let (send, reports) = channel();
        let control = Control::default().on_progress(move |progress| send.send(progress).unwrap());
        let steps = control.steps(100);
        (0..50).into_par_iter().for_each(|_| steps.done_many(2).unwrap());
        let done: Vec<_> = reports.try_iter().map(|Progress { done, .. }| done).collect();
        assert_eq!(done, (1..=50).map(|step| 2 * step).collect::<Vec<_>>());
        control.silent().steps(1).done().unwrap();
        assert!(reports.try_recv().is_err());
    }

    #[test]
    fn clones_are_cancelled_together() {
        let control = Control::default();
        let other = control.silent();
        assert_eq!(control.check(), Ok(()));
        other.cancel();
        assert_eq!((control.check(), control.steps(1).done()), (Err(Cancelled), Err(Cancelled)));
    }
}
