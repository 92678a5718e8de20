//! Models from files. Nothing in them is believed.

use std::collections::HashMap;
use std::io::{self, Read};

use super::{
    Card, LearnedOn, MAGIC, MOST_COLUMNS, Model, ModelError, OLDEST, TrainingNetworks, VERSION,
    damaged,
};
use crate::predictor::transfer::mean::Mean;
use crate::predictor::transfer::prior::WithPrior;
use crate::predictor::tree::MAX_TARGETS;
use crate::predictor::{Bytes, Damaged, Fitted, by_name};

/// The first format in which leaves have the number of their training rows.
const WITH_COVERS: u32 = 4;

/// The first format in which a blend has views.
const WITH_VIEWS: u32 = 5;

/// The longest header, in bytes: [`MOST_COLUMNS`] columns with long names take half of it.
const MOST_HEADER: u64 = 32 << 20;

/// The most entries of lists and objects in a header: each takes some dozens of bytes of memory.
const MOST_ENTRIES: u64 = 4_000_000;

/// The longest payload, in bytes.
const MOST_PAYLOAD: u64 = 4 << 30;

/// The most training networks of a model: 800 MB.
const MOST_NETWORKS: u64 = 100_000_000;

/// The most benchmarks of a model, each counted as often as it was drawn from.
const MOST_MEMBERS: usize = 10_000;

/// How many models may start from one another.
const MOST_PRIORS: usize = 8;

impl Model {
    /// Reads a model from its file, front to back. Of anything else no more than its first bytes are read.
    ///
    /// # Errors
    ///
    /// [`ModelError`] if the file cannot be read, or as those of [`Model::read`].
    pub fn read_from(mut file: impl Read) -> Result<Self, ModelError> {
        let mut bytes = Vec::new();
        append(&mut file, MAGIC.len() as u64, &mut bytes)?;
        if bytes != MAGIC {
            return Err(ModelError::Magic);
        }
        append(&mut file, 8, &mut bytes)?;
        let mut rest = Bytes::new(&bytes[MAGIC.len()..]);
        check_version(rest.u32()?)?;
        let length = u64::from(rest.u32()?);
        check_most("bytes in its header", length, MOST_HEADER)?;
        append(&mut file, length + 8, &mut bytes)?;
        let networks = Bytes::new(&bytes[bytes.len().saturating_sub(8)..]).u64()?;
        check_most("training networks", networks, MOST_NETWORKS)?;
        append(&mut file, 8 * networks + 8, &mut bytes)?;
        let length = Bytes::new(&bytes[bytes.len().saturating_sub(8)..]).u64()?;
        check_most("bytes after its header", length, MOST_PAYLOAD)?;
        // The checksum, and one byte that should not be there.
        append(&mut file, length + 5, &mut bytes)?;
        Model::read(&bytes)
    }

    /// Reads a model from the bytes of its file.
    ///
    /// # Errors
    ///
    /// [`ModelError`] if anything is not as it should be, or there is more of it than a model may have.
    /// Never panics, and allocates no more than a small multiple of the bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut rest = Bytes::new(bytes);
        if rest.take(MAGIC.len()).ok() != Some(MAGIC) {
            return Err(ModelError::Magic);
        }
        let version = check_version(rest.u32()?)?;
        let (summed, sum) = bytes
            .split_at_checked(bytes.len().saturating_sub(4))
            .ok_or(damaged("it is too short"))?;
        if Bytes::new(sum).u32()? != crc32fast::hash(summed) {
            return Err(damaged("its checksum is wrong"));
        }
        let length = rest.u32()?;
        check_most("bytes in its header", length.into(), MOST_HEADER)?;
        let header = rest.take(length as usize)?;
        let entries = header.split(|&byte| byte == b',').count();
        check_most("entries in its header", entries as u64, MOST_ENTRIES)?;
        let header: Card = serde_json::from_slice(header)?;
        check_most("training networks", Bytes::new(rest.rest).u64()?, MOST_NETWORKS)?;
        let networks = TrainingNetworks::read(&mut rest)?;
        let length = rest.u64()?;
        check_most("bytes after its header", length, MOST_PAYLOAD)?;
        let payload = rest.take(usize::try_from(length).unwrap_or(usize::MAX))?;
        if rest.rest.len() != 4 {
            return Err(damaged("it does not end where it should"));
        }
        let mut payload = Bytes {
            rest: payload,
            have_covers: version >= WITH_COVERS,
            have_views: version >= WITH_VIEWS,
        };
        let predictor = predictor(&header, &mut payload, MOST_PRIORS)?;
        payload.end()?;
        Ok(Model { header, networks, predictor })
    }
}

/// Appends at most so many bytes of a file.
fn append(file: &mut impl Read, most: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    file.take(most).read_to_end(bytes).map(|_| ())
}

fn check_version(found: u32) -> Result<u32, ModelError> {
    if (OLDEST..=VERSION).contains(&found) { Ok(found) } else { Err(ModelError::Version { found }) }
}

fn check_most(what: &'static str, found: u64, most: u64) -> Result<(), ModelError> {
    if found > most { Err(ModelError::TooMany { what, found, most }) } else { Ok(()) }
}

/// Checks that a model has no more of anything than models have.
fn check_counts(header: &Card) -> Result<(), ModelError> {
    let members = header.learned_on.iter().map(|one| one.draws.unwrap_or(1));
    let members = members.fold(0, usize::saturating_add);
    for (what, found, most) in [
        ("columns", header.columns.len(), MOST_COLUMNS),
        ("targets", header.targets.len(), MAX_TARGETS),
        ("benchmarks and draws of them", members, MOST_MEMBERS),
    ] {
        check_most(what, found as u64, most as u64)?;
    }
    Ok(())
}

/// Reads the predictor that a header tells of, its prior first; so many may start from one another.
fn predictor(header: &Card, payload: &mut Bytes, priors: usize) -> Result<Fitted, ModelError> {
    check_counts(header)?;
    if !header.is_whole() {
        return Err(damaged("its header contradicts itself"));
    }
    let kind = by_name(&header.predictor)
        .ok_or_else(|| ModelError::Predictor(header.predictor.clone()))?;
    let (columns, targets) = (header.columns.len(), header.targets.len());
    if let Some(prior) = &header.prior {
        if prior.targets.len() != 1 {
            return Err(damaged("its prior does not predict one target"));
        }
        let priors = priors.checked_sub(1).ok_or(damaged("its priors are nested too deeply"))?;
        let mut all = HashMap::with_capacity(columns);
        for (place, column) in header.columns.iter().enumerate() {
            all.entry(column).or_insert(place);
        }
        let places: Option<Vec<usize>> =
            prior.columns.iter().map(|column| all.get(column).copied()).collect();
        let places = places.ok_or(damaged("a column of its prior is not there"))?;
        let prior = predictor(prior, payload, priors)?;
        return Ok(WithPrior::read(payload, prior, places, kind, columns, targets)?);
    }
    match header.learned_on.as_slice() {
        [] | [LearnedOn { draws: None, .. }] => Ok(kind.read(payload, columns, targets)?),
        several => {
            let weights = several.iter().flat_map(LearnedOn::weights);
            let each = weights.map(|weight| Ok((weight, kind.read(payload, columns, targets)?)));
            let members = each.collect::<Result<_, Damaged>>()?;
            Mean::fitted(members).map_err(|_| damaged("its benchmarks do not fit together"))
        }
    }
}
