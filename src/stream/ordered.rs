//! Many pieces of work at once, with their results in order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread::{self, Builder};

/// Does the work with the numbers below `count`, and gives its results to `each` in the order of these numbers.
///
/// There are as many workers as rayon's pool has threads. Each takes the next number as soon as it is done with one;
/// what a piece of work does in parallel, rayon's threads do. A result that comes before its turn is kept.
///
/// # Errors
///
/// The first in this order; after an error of `each`, no more work is begun.
pub fn ordered<T: Send, E: Send>(
    count: usize,
    work: &(dyn Fn(usize) -> Result<T, E> + Sync),
    each: &mut dyn FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let workers = rayon::current_num_threads().min(count);
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (send, finished) = channel();
        let mut started = 0;
        while workers > 1 && started < workers {
            let (send, next) = (send.clone(), &next);
            let worker = move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    // Without a listener an earlier piece has failed.
                    if number >= count || send.send((number, work(number))).is_err() {
                        return;
                    }
                }
            };
            if Builder::new().spawn_scoped(scope, worker).is_err() {
                break; // The system gives no more threads: those that there are do all of it.
            }
            started += 1;
        }
        drop(send);
        if started == 0 {
            return (0..count).try_for_each(|number| each(work(number)?));
        }
        let (mut turn, mut early) = (0, BTreeMap::new());
        for (number, result) in finished {
            early.insert(number, result);
            while let Some(result) = early.remove(&turn) {
                each(result?)?;
                turn += 1;
            }
        }
        Ok(())
    })
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
    fn results_come_in_order_up_to_the_first_error() {
        let squares: Vec<usize> = (0..50).map(|number| number * number).collect();
        for threads in [1, 2, 5] {
            assert_eq!(results(threads, 50), (squares.clone(), Ok(())));
            assert_eq!(results(threads, 20), (squares[..20].to_vec(), Err(20)));
        }
    }
}
