//! The threads that work, and how a caller waits for them.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use graf::Control;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// How long a caller waits before it looks for signals.
const PATIENCE: Duration = Duration::from_millis(50);

/// The threads: as many as `RAYON_NUM_THREADS` says, or as the process may use cores.
///
/// The lock is held only by a thread that has the interpreter's lock, as the thread that forks has: a child never
/// finds it locked.
static POOL: Mutex<Option<Arc<ThreadPool>>> = Mutex::new(None);

fn pool() -> PyResult<Arc<ThreadPool>> {
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pool) = &*pool {
        return Ok(Arc::clone(pool));
    }
    let named = |index| format!("graf-{index}");
    let made = ThreadPoolBuilder::new().thread_name(named).build();
    let made = made.map_err(|error| PyRuntimeError::new_err(format!("no threads: {error}")))?;
    Ok(Arc::clone(pool.insert(Arc::new(made))))
}

/// Forgets the threads: those of the parent do not exist in a child.
#[pyfunction]
pub fn after_fork() {
    let pool = POOL.lock().unwrap_or_else(PoisonError::into_inner).take();
    // Dropping it would wake threads that are not there.
    std::mem::forget(pool);
}

/// Does some work on the threads, without the interpreter's lock. The caller waits; a signal such as Ctrl-C ends the wait
/// with its exception, and cancels the work.
///
/// # Errors
///
/// The exception of a signal handler; `RuntimeError` if the work panics, which is a fault of this program.
pub fn run<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce(&Control) -> T + Send + 'static,
) -> PyResult<T> {
    let (send, mut receive) = sync_channel(1);
    let control = Control::default();
    let own = control.clone();
    pool()?.spawn(move || {
        // Nobody listens if a signal came first.
        let _ = send.send(catch_unwind(AssertUnwindSafe(|| work(&own))));
    });
    loop {
        let (told, back) = py.detach(move || (receive.recv_timeout(PATIENCE), receive));
        receive = back;
        match told {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(panic)) => return Err(fault(&*panic)),
            Err(RecvTimeoutError::Timeout) => {
                py.check_signals().inspect_err(|_| control.cancel())?;
            }
            Err(RecvTimeoutError::Disconnected) => return Err(fault(&"a thread has ended")),
        }
    }
}

/// An exception for what should never happen.
fn fault(panic: &(dyn Any + Send)) -> PyErr {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("no reason is known");
    PyRuntimeError::new_err(format!("graf has failed, which is a fault of graf itself: {text}"))
}
