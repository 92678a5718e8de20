//! The textual forms of the networks of a described space.
//!
//! - Edges are the same in every cell: the tuple has the id of the operation at each place. People also write the ids with
//!   something between them, the names, a dictionary of the places, or lists by name ([`lists`]).
//! - Nodes read two others: genotypes ([`pairs`]).
//! - Edges are free: the entries of the adjacency matrix, row by row, then the ids of the nodes ([`free`]).

use serde_json::{Map, Value, json};

use super::{Described, Description, EdgeList, free, labelled, lists, literal, pairs, tokens};
use crate::graph::{Cell, Op};
use crate::space::scan;
use crate::space::{Architecture, Encoding, EncodingError, list};
use crate::table::clip;

/// The most numbers of a tuple that is read without a list of its own.
const MOST: usize = 512;

/// The encodings of a space.
pub(super) fn all(space: &Description) -> Vec<Encoding> {
    if space.is_pairs() {
        return vec![
            Encoding::new("genotype", |network| {
                pairs::write_genotype(of(network)?, network.cells())
            }),
            Encoding::new("json", |network| pairs::write_json(of(network)?, network.cells())),
            Encoding::new("compact", |network| pairs::write_compact(of(network)?, network.cells())),
        ];
    }
    let tuple = Encoding::new("tuple", |network| tuple(of(network)?, network.cells()));
    if space.is_free() {
        return vec![
            tuple,
            Encoding::new("matrix", |network| labelled::write(of(network)?, network.cells())),
        ];
    }
    let mut all = Vec::new();
    if space.encoding.separator.is_some() {
        all.push(Encoding::new("string", |network| Ok(string(of(network)?, network.cells()))));
    }
    if space.encoding.digits {
        all.push(Encoding::new("digits", |network| Ok(digits(of(network)?, network.cells()))));
    }
    all.push(tuple);
    all.push(Encoding::new("names", |network| Ok(names(of(network)?, network.cells()))));
    if !space.encoding.lists.is_empty() {
        all.push(Encoding::new("lists", |network| {
            let space = of(network)?;
            lists::write(space, &ops(space, network.cells()))
        }));
    }
    all
}

/// How many numbers a tuple has, in words.
pub(super) fn lengths(space: &Description) -> String {
    match &space.edges {
        EdgeList::Fixed(_) => space.written_places().len().to_string(),
        EdgeList::Word(_) if space.is_pairs() => "genotypes".to_owned(),
        EdgeList::Word(_) => {
            let nodes = space.min_nodes.unwrap_or(space.nodes)..=space.nodes;
            let length = |n: usize| format!("{} (n = {n})", free::numbers(space, n));
            nodes.map(length).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Reads a network of the space in any of its encodings.
pub(super) fn read(space: &'static Described, text: &str) -> Result<Architecture, EncodingError> {
    let mut text = text.trim();
    if space.is_pairs() && text.contains("Genotype(") {
        let mut scan = scan::unwrapped(text, 0);
        scan.skip_assignment();
        text = scan.rest().trim_end_matches([';', ',']);
    }
    let first = text.chars().next();
    if space.is_pairs() {
        return match first {
            Some('(' | '[' | '{' | 'G') => pairs::read(space, &literal::read(text)?),
            _ => Err(unrecognised(space)),
        };
    }
    match first {
        Some('(' | '[') => read_list(space, text),
        Some('{') => read_dictionary(space, text),
        _ if space.is_free() => Err(unrecognised(space)),
        Some('0'..='9') if space.description.encoding.digits && !has_separator(text) => {
            read_digits(space, text)
        }
        _ => read_separated(space, text),
    }
}

fn unrecognised(space: &Described) -> EncodingError {
    EncodingError::Unrecognised { space: space.name, example: space.example }
}

/// A list of numbers, or of anything in brackets of any depth.
fn read_list(space: &'static Described, text: &str) -> Result<Architecture, EncodingError> {
    let mut numbers = [0; MOST];
    match scan::numbers(text, &mut numbers) {
        Ok(found) if found <= MOST => {
            let numbers = &numbers[..found];
            return if space.is_free() {
                free::read(space, numbers)
            } else {
                from_ids(space, numbers)
            };
        }
        Ok(found) if !space.is_free() => return Err(length(space, "numbers", found)),
        _ => {}
    }
    let value = literal::read(text)?;
    if let (true, [matrix, ops]) =
        (space.is_free(), value.as_array().map_or(&[][..], Vec::as_slice))
        && matrix.is_array()
    {
        return labelled::read(space, matrix, ops);
    }
    let mut items = Vec::new();
    flatten(&value, &mut items);
    if space.is_free() {
        let number = |item: &&Value| item.as_u64().and_then(|number| u32::try_from(number).ok());
        let numbers: Option<Vec<u32>> = items.iter().map(number).collect();
        return free::read(space, &numbers.ok_or_else(|| unrecognised(space))?);
    }
    from_items(space, &items.into_iter().map(shown).collect::<Vec<_>>())
}

fn flatten<'a>(value: &'a Value, items: &mut Vec<&'a Value>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| flatten(value, items)),
        value => items.push(value),
    }
}

/// A value as it may stand for an operation.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// Lists by name, a matrix and operations, or an operation for each place: by its name (`edge_0_1`, `node_2`) or number.
fn read_dictionary(space: &'static Described, text: &str) -> Result<Architecture, EncodingError> {
    let value = literal::read(text)?;
    let Value::Object(fields) = &value else { return Err(unrecognised(space)) };
    if space.is_free() {
        let field = |names: [&str; 2]| names.iter().find_map(|&name| fields.get(name));
        let parts = field(["matrix", "module_adjacency"]).zip(field(["ops", "module_operations"]));
        let (matrix, ops) =
            parts.ok_or_else(|| EncodingError::invalid("a network has `matrix` and `ops`"))?;
        return labelled::read(space, matrix, ops);
    }
    if !space.description.encoding.lists.is_empty() {
        let ops = lists::read(space, &value)?;
        return space.checked(&ops);
    }
    if fields.len() != space.written.len() {
        return Err(length(space, "keys", fields.len()));
    }
    from_items(space, &by_place(space, fields)?)
}

/// The items of a dictionary in the order of the places.
fn by_place(space: &Described, fields: &Map<String, Value>) -> Result<Vec<String>, EncodingError> {
    let item = |(index, &place): (usize, &usize)| {
        let number = |key: &str| {
            let digits = key.trim_start_matches(|c: char| !c.is_ascii_digit());
            digits.parse::<usize>().ok()
        };
        // Layers are counted from 0 or from 1; the smallest number says which.
        let first = fields.keys().filter_map(|key| number(key)).min().unwrap_or(0);
        let name = space.place_key(place);
        fields
            .get(&name)
            .or_else(|| {
                fields
                    .iter()
                    .find(|(key, _)| number(key) == Some(first + index))
                    .map(|(_, value)| value)
            })
            .map(shown)
            .ok_or_else(|| {
                EncodingError::invalid(format!("no operation for {}", space.place_name(place)))
            })
    };
    space.written.iter().enumerate().map(item).collect()
}

fn has_separator(text: &str) -> bool {
    text.chars().any(|c| !c.is_ascii_digit())
}

fn read_digits(space: &'static Described, text: &str) -> Result<Architecture, EncodingError> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(10)).collect();
    match digits {
        Some(digits) if digits.len() == space.written.len() => from_ids(space, &digits),
        Some(digits) => Err(EncodingError::invalid(format!(
            "{} digits; {} takes {}, leading zeros counted in",
            digits.len(),
            space.name,
            space.lengths
        ))),
        None => Err(unrecognised(space)),
    }
}

/// Ids or names with something between them. Where there are several ways to take them apart, the first that gives
/// operations counts.
fn read_separated(space: &'static Described, text: &str) -> Result<Architecture, EncodingError> {
    let mut first = None;
    for items in tokens::separated(text, space.written.len()) {
        match from_items(space, &items) {
            Ok(network) => return Ok(network),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or_else(|| match tokens::count_of_numbers(text) {
        Some(found) => length(space, "numbers", found),
        None => unrecognised(space),
    }))
}

/// The network with these ids or names of operations at its places. Where all are numbers they are ids, if the space has
/// those ids.
fn from_items(
    space: &'static Described,
    items: &[impl AsRef<str>],
) -> Result<Architecture, EncodingError> {
    if items.len() != space.written.len() {
        return Err(length(space, "operations", items.len()));
    }
    let ids: Option<Vec<u32>> =
        items.iter().map(|item| item.as_ref().trim().parse().ok()).collect();
    if let Some(ids) = ids {
        return from_ids(space, &ids);
    }
    let mut ops = space.first_ops();
    for (&place, item) in space.written.iter().zip(items) {
        ops[place] = space.op_by_name(item.as_ref())?;
    }
    space.checked(&ops)
}

/// The network with these ids at its places.
fn from_ids(space: &'static Described, ids: &[u32]) -> Result<Architecture, EncodingError> {
    if ids.len() != space.written.len() {
        return Err(length(space, "numbers", ids.len()));
    }
    let mut ops = space.first_ops();
    for (index, (&place, &id)) in space.written.iter().zip(ids).enumerate() {
        let choices = &space.choices[place];
        ops[place] = if space.description.encoding.local {
            let local = usize::try_from(id).ok().and_then(|id| choices.get(id));
            *local
                .ok_or_else(|| out_of_range(space, id, index, choices.iter().copied().zip(0..)))?
        } else {
            op_by_id(space, id, index)?
        };
    }
    space.checked(&ops)
}

/// The operation with that id; `place` is where it stands in the tuple, from 0.
pub(super) fn op_by_id(space: &Described, id: u32, place: usize) -> Result<Op, EncodingError> {
    let found = space.ids().iter().position(|&other| other == id);
    let ops = || (0..).map(Op).take(space.operations.len());
    found
        .and_then(|op| u8::try_from(op).ok())
        .map(Op)
        .ok_or_else(|| out_of_range(space, id, place, ops().map(|op| (op, space.id(op)))))
}

fn out_of_range(
    space: &Described,
    id: u32,
    place: usize,
    known: impl Iterator<Item = (Op, u32)>,
) -> EncodingError {
    EncodingError::OpOutOfRange {
        id,
        index: place + 1,
        space: space.name,
        known: list(known.map(|(op, id)| format!("{id} {}", space.operations[op.index()]))),
    }
}

/// Ids and names of operations, for messages.
pub(super) fn known(space: &Described, ops: impl Iterator<Item = Op>) -> String {
    list(ops.map(|op| format!("{} {}", space.id(op), space.operations[op.index()])))
}

/// A list of the wrong length.
pub(super) fn length(space: &Described, what: &'static str, found: usize) -> EncodingError {
    EncodingError::Length { what, found, space: space.name, expected: space.lengths }
}

/// Writes cells in the first encoding.
pub(super) fn first(space: &Described, cells: &[Cell]) -> Result<String, EncodingError> {
    if space.is_pairs() {
        return pairs::write_genotype(space, cells);
    }
    let encoding = &space.description.encoding;
    if encoding.separator.is_some() {
        Ok(string(space, cells))
    } else if encoding.digits {
        Ok(digits(space, cells))
    } else {
        tuple(space, cells)
    }
}

fn of(network: &Architecture) -> Result<&'static Described, EncodingError> {
    network.described().ok_or_else(|| {
        EncodingError::invalid(format!("{} is not described by a file", network.space()))
    })
}

fn tuple(space: &Described, cells: &[Cell]) -> Result<String, EncodingError> {
    if let (true, [cell]) = (space.is_free(), cells) {
        return Ok(scan::tuple(free::write(space, cell)?.into_iter().map(|id| id as usize)));
    }
    let ids: Vec<usize> = ids(space, cells).into_iter().map(|id| id as usize).collect();
    let groups = &space.description.encoding.groups;
    if groups.is_empty() {
        return Ok(scan::tuple(ids));
    }
    let mut rest = ids.as_slice();
    let mut lists = Vec::new();
    for &size in groups {
        let (group, others) = rest.split_at(size.min(rest.len()));
        lists.push(group.to_vec());
        rest = others;
    }
    Ok(format!("{lists:?}"))
}

fn string(space: &Described, cells: &[Cell]) -> String {
    let ids: Vec<_> = ids(space, cells).iter().map(ToString::to_string).collect();
    let separator = space.description.encoding.separator.unwrap_or(':');
    ids.join(separator.encode_utf8(&mut [0; 4]))
}

fn digits(space: &Described, cells: &[Cell]) -> String {
    ids(space, cells).iter().map(ToString::to_string).collect()
}

fn names(space: &Described, cells: &[Cell]) -> String {
    let ops = ops(space, cells);
    let name = |&place: &usize| ops.get(place).map(|op| space.operations[op.index()]);
    json!(space.written.iter().filter_map(name).collect::<Vec<_>>()).to_string()
}

/// The operations at the places of the cells; every place has one.
fn ops(space: &Described, cells: &[Cell]) -> Vec<Op> {
    cells.iter().flat_map(|cell| space.ops_of(cell)).flatten().collect()
}

/// The ids at the places of the cells.
fn ids(space: &Described, cells: &[Cell]) -> Vec<u32> {
    let is_local = space.description.encoding.local;
    let ops = ops(space, cells);
    let id = |&place: &usize| {
        let op = *ops.get(place)?;
        let local = || space.choices[place].iter().position(|&other| other == op);
        if is_local { u32::try_from(local()?).ok() } else { Some(space.id(op)) }
    };
    space.written.iter().filter_map(id).collect()
}

/// A name that is no operation.
pub(super) fn unknown(space: &Described, name: &str) -> EncodingError {
    EncodingError::UnknownOp { name: clip(name), space: space.name, known: list(space.operations) }
}
