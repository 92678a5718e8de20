//! Long work in order: a table is read and another written while rows are worked on, and many pieces of work
//! are done at once.
//!
//! What waits between threads is bounded, results come in the order of the input, and they do not depend on
//! the number of threads. Reading and writing have threads of their own. Where rayon's pool has one
//! thread, or the system gives no more, the same work is done on the thread of the caller.

mod behind;
mod chunks;
mod ordered;

use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread::{Builder, JoinHandle};

pub use self::behind::Behind;
pub use self::chunks::{CHUNK_ROWS, Chunk, NUMBER_ROWS, PART_ROWS, read_chunks};
pub use self::ordered::ordered;

/// Work on a thread of its own.
pub struct Helper<R>(JoinHandle<R>);

impl<R: Send + 'static> Helper<R> {
    /// Starts some work on a value. Gives the value back if there is to be one thread, or the system gives no
    /// more.
    fn start<T: Send + 'static>(
        value: T,
        work: impl FnOnce(T) -> R + Send + 'static,
    ) -> Result<Self, T> {
        if rayon::current_num_threads() == 1 {
            return Err(value);
        }
        // A closure whose thread cannot be made is lost, and the value must not be: it follows later.
        let (send, receive) = sync_channel(1);
        let waiting = move || match receive.recv() {
            Ok(value) => work(value),
            Err(_) => unreachable!("the value is sent before the sender is dropped"),
        };
        let Ok(thread) = Builder::new().spawn(waiting) else { return Err(value) };
        send.send(value).map(|()| Helper(thread)).map_err(|unsent| unsent.0)
    }

    /// Waits for the result. A panic of the work is passed on.
    fn join(self) -> R {
        self.0.join().unwrap_or_else(|panic| resume_unwind(panic))
    }
}
