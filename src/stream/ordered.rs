//! Many pieces of work at once, with their results in order.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use rayon::Yield;

/// How long a thread of the pool that has nothing to do waits before it looks for work again.
const PAUSE: Duration = Duration::from_micros(200);

/// Does the work with the numbers below `count`, and gives its results to `each` in the order of these numbers, on the
/// thread of the caller.
///
/// The work is done by the caller's rayon pool, as many pieces at once as it has threads. A result that comes before its turn
/// is kept.
///
/// # Errors
///
/// The first in this order; after an error, no more work is begun. A panic of the work is passed on.
pub fn ordered<T: Send, E: Send>(
    count: usize,
    work: &(dyn Fn(usize) -> Result<T, E> + Sync),
    each: &mut dyn FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let at_once = rayon::current_num_threads().min(count);
    if at_once <= 1 {
        return (0..count).try_for_each(|number| each(work(number)?));
    }
    let (send, finished) = channel();
    rayon::in_place_scope(|scope| {
        let begin = |number| {
            let send = send.clone();
            scope.spawn(move |_| {
                let result = catch_unwind(AssertUnwindSafe(|| work(number)));
                // Without a receiver an earlier piece has failed.
                let _ = send.send((number, result));
            });
        };
        (0..at_once).for_each(begin);
        let (mut turn, mut early) = (0, BTreeMap::new());
        for begun in at_once.. {
            if turn == count {
                break;
            }
            let (number, result) = next(&finished);
            if begun < count {
                begin(begun);
            }
            early.insert(number, result.unwrap_or_else(|panic| resume_unwind(panic)));
            while let Some(result) = early.remove(&turn) {
                each(result?)?;
                turn += 1;
            }
        }
        Ok(())
    })
}

/// Waits for a result. A thread of the pool does other work of the pool meanwhile: if all of its threads waited, none
/// would do what they wait for.
fn next<T>(finished: &Receiver<T>) -> T {
    loop {
        let pause = match rayon::yield_now() {
            Some(Yield::Executed) => Duration::ZERO,
            Some(Yield::Idle) => PAUSE,
            None => Duration::MAX,
        };
        match finished.recv_timeout(pause) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => unreachable!("the caller keeps a sender"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ordered;

    /// The results of a pool of so many threads, until an error.
    fn results(threads: usize, fails_at: usize) -> (Vec<usize>, Result<(), usize>) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut results = Vec::new();
        let work = |number| if number == fails_at { Err(number) } else { Ok(number * number) };
        let done = pool.install(|| {
            ordered(50, &work, &mut |result| {
                results.push(result);
                Ok(())
            })
        });
        (results, done)
    }

    #[test]
    fn work_is_done_by_the_pool_of_the_caller_wherever_it_calls_from() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let threads = || {
            let mut threads = Vec::new();
            let work = |_| Ok::<_, ()>(rayon::current_num_threads());
            ordered(20, &work, &mut |found| {
                threads.push(found);
                Ok(())
            })
            .unwrap();
            threads
        };
        assert_eq!(pool.install(threads), [3; 20]);
        // As many callers as threads: all of them wait for work that they do themselves.
        let all: Vec<_> = pool.broadcast(|_| threads());
        assert_eq!(all, [[3; 20]; 3]);
    }

    #[test]
    fn results_come_in_order_up_to_the_first_error() {
        let squares: Vec<usize> = (0..50).map(|number| number * number).collect();
        for threads in [1, 2, 5] {
            assert_eq!(results(threads, 50), (squares.clone(), Ok(())));
            assert_eq!(results(threads, 20), (squares[..20].to_vec(), Err(20)));
        }
    }
}
