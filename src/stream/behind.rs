//! A table that is written behind those who make its rows.

use std::sync::mpsc::{SyncSender, sync_channel};

use super::Helper;
use crate::table::{TableError, Writer};

/// Rows that are ready: how many, and their bytes.
type Rows = (u64, Vec<u8>);

/// Rows that wait for their turn.
const BEHIND: usize = 256;

/// A writer on a thread of its own. Dropped, it leaves no file, as a writer does.
pub enum Behind {
    /// Rows go to the thread of the writer, which ends once the sender is dropped.
    Thread(SyncSender<Rows>, Writing),
    /// They are written at once.
    Here(Box<Writer>),
}

/// The thread of a writer. Who drops it waits until the writer is dropped.
pub struct Writing(Option<Helper<Result<Writer, TableError>>>);

impl Writing {
    fn join(mut self) -> Result<Writer, TableError> {
        match self.0.take() {
            Some(helper) => helper.join(),
            None => unreachable!("joining takes the thread away"),
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        drop(self.0.take().map(Helper::join));
    }
}

impl Behind {
    /// From now on the writer works on its own thread.
    pub fn new(writer: Writer) -> Self {
        let (send, rows) = sync_channel::<Rows>(BEHIND);
        let write_all = move |mut writer: Writer| {
            for (count, bytes) in rows {
                writer.write(count, &bytes)?;
            }
            Ok(writer)
        };
        match Helper::start(writer, write_all) {
            Ok(helper) => Behind::Thread(send, Writing(Some(helper))),
            Err(writer) => Behind::Here(Box::new(writer)),
        }
    }

    /// Writes rows behind those that were given before.
    ///
    /// # Errors
    ///
    /// If these rows, or some before them, cannot be written.
    pub fn write(self, count: u64, bytes: Vec<u8>) -> Result<Self, TableError> {
        match self {
            Behind::Thread(send, writing) => match send.send((count, bytes)) {
                Ok(()) => Ok(Behind::Thread(send, writing)),
                // The thread has ended, and says why.
                Err(_) => writing.join().map(|writer| Behind::Here(Box::new(writer))),
            },
            Behind::Here(mut writer) => {
                writer.write(count, &bytes)?;
                Ok(Behind::Here(writer))
            }
        }
    }

    /// The writer, once all rows are written.
    ///
    /// # Errors
    ///
    /// If some rows cannot be written.
    pub fn finish(self) -> Result<Writer, TableError> {
        match self {
            Behind::Thread(send, writing) => {
                drop(send);
                writing.join()
            }
            Behind::Here(writer) => Ok(*writer),
        }
    }
}
