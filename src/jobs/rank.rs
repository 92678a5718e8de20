//! A table in, how its columns rank networks out: their agreement with a target, and aggregates of them.

use std::collections::BTreeMap;

use ndarray::Array2;
use rayon::prelude::*;

use crate::dataset::FileRole;
use crate::dataset::Sought;
use crate::dataset::Twice;
use crate::dataset::gather::twice;
use crate::dataset::scores::{Scores, place_of};
use crate::dataset::written::kept;
use crate::dataset::{By, Error, Keep, Request, RowCounts, Use};
use crate::features::{FAMILIES, Family};
use crate::metrics::{Direction, Metric, Stated, kendall_tau};
use crate::ranking::UsedAs;
use crate::ranking::{
    Aggregate, Agreement, ColumnKind, MOST_GROUPS, RankTable, RankedColumn, RankingError, Score,
    Target, aggregates_for, quantiles, stated_of,
};
use crate::table::{Begun, Input, Output, Value};

/// The name of the column of ranks.
const RANK: &str = "rank";

/// What labels are for.
const MEASURED: &str = "the columns are measured on it";

/// What `graf rank` is asked for.
#[derive(Debug)]
pub struct Rank {
    /// How the table is read.
    pub request: Request,
    /// What ranks its networks.
    pub by: Vec<By>,
    /// The column that says how good networks really are, where it is not empty.
    pub target: Option<String>,
    /// Directions of the target and of columns.
    pub stated: Stated,
    /// Measure groups of rows on their own as well.
    pub group_by: Option<GroupBy>,
    /// The aggregates; if absent all that are fit for the table.
    pub aggregates: Option<Vec<&'static Aggregate>>,
    /// What is measured.
    pub metrics: Vec<Metric>,
    /// Whether to measure how far the columns agree with each other.
    pub mutual: bool,
    /// Whether to look for the features that each column agrees with most.
    pub bias: bool,
    /// Where the aggregates of each row go.
    pub rows: Option<RankRows>,
}

/// How rows are grouped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// By the value of a column.
    Values(String),
    /// By the size of a number, a column or feature of this name: so many groups.
    Quantiles(String, usize),
}

/// How the aggregates of rows are written.
#[derive(Debug)]
pub struct RankRows {
    /// Where to.
    pub output: Output,
    /// Which of the input's columns go along, as for a prediction.
    pub keep: Option<Keep>,
    /// Whether to write the best rows by the first aggregate first, with their ranks.
    pub sort: bool,
    /// With an order: only so many rows.
    pub top: Option<usize>,
}

/// The feature of a family that a column agrees with most.
#[derive(Debug, Clone, PartialEq)]
pub struct Bias {
    /// The place of the column.
    pub column: usize,
    /// The family.
    pub family: &'static str,
    /// The feature.
    pub feature: String,
    /// Kendall's tau-b of both.
    pub tau: f64,
}

/// What was found.
#[derive(Debug)]
pub struct RankSummary {
    /// The columns, the aggregates last.
    pub columns: Vec<RankedColumn>,
    /// The target and its direction, if there is one.
    pub target: Option<(String, Option<Direction>)>,
    /// With a target: of all rows each column, then of each group.
    pub agreements: Vec<Agreement>,
    /// Kendall's tau-b of each pair of columns, if that was asked.
    pub mutual: Option<Array2<f64>>,
    /// For each column and family the feature that it agrees with most, if that was asked.
    pub bias: Vec<Bias>,
    /// How many rows there are.
    pub rows: usize,
    /// How many of them have a label.
    pub labels: usize,
    /// Aggregates that were left out because there are too many rows.
    pub left_out: Vec<&'static Aggregate>,
    /// How many rows were written.
    pub written: usize,
    /// Rows that were not measured as they are.
    pub aside: RowCounts,
}

/// Measures how columns rank the networks of a table: against a target where there is one, and against each other.
/// Aggregates of their ranks are measured beside them, and written for each row where that is asked.
///
/// All columns of all rows are kept in memory. The target may be empty in some rows: these are ranked, but not
/// measured on.
///
/// # Errors
///
/// [`Error`] if the table cannot be read, or an aggregate depends on a direction that is not known.
///
/// # Complexity
///
/// For n rows and c columns O(c n log n); with [`Rank::mutual`] O(c² n log n), with [`Rank::bias`] and f features
/// O(c f n log n), both on all threads.
pub fn rank(input: &Input, mut options: Rank) -> Result<RankSummary, Error> {
    let mut files = vec![(input.path(), FileRole::Input)];
    files.extend(options.rows.iter().map(|rows| (rows.output.path(), FileRole::Output)));
    let mut rejects = options.request.networks.open_rejects(&files)?;
    let begun = options.rows.as_ref().map(|rows| Begun::new(&rows.output, None)).transpose()?;
    if let Some(GroupBy::Quantiles(name, _)) = &options.group_by {
        options.by.push(By::Columns(Use::Named(name.clone())));
    }
    let request = Request { carried: carried(&options), ..options.request.clone() };
    let mut kept_names = Vec::new();
    let mut scores = Scores::read(input, &request, &options.by, &mut rejects, &mut |open| {
        let mut places = Vec::new();
        if let (Some(rows), Some(begun)) = (&options.rows, &begun) {
            places = kept(rows.keep.as_ref(), begun.format(), open)?;
        }
        kept_names = places.iter().map(|&place| open.columns()[place].clone()).collect();
        if let Some(name) = &options.target {
            places.push(place_of(open, name, Sought::Target)?);
        }
        if let Some(GroupBy::Values(name)) = &options.group_by {
            places.push(place_of(open, name, Sought::Groups)?);
        }
        Ok(places)
    })?;
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    let groups = groups(&options, &scores, kept_names.len())?;
    if matches!(options.group_by, Some(GroupBy::Quantiles(..))) {
        scores.of.pop();
    }
    let members = scores.members();
    let (mut table, left_out) = ranked(&options, &scores, &members, kept_names.len())?;
    let bias = if options.bias { bias(input, &request, &scores, &table)? } else { Vec::new() };
    let written = match (&options.rows, begun) {
        (Some(rows), Some(begun)) => write(begun, rows, &kept_names, &scores.rows, &table)?,
        _ => 0,
    };
    Ok(RankSummary {
        agreements: table.agreements(&options.metrics, &groups),
        mutual: options.mutual.then(|| table.mutual()),
        bias,
        rows: scores.rows.len(),
        labels: table.labels(),
        target: table.target.take().map(|target| {
            let direction = target.objective.direction();
            (target.objective.target, direction)
        }),
        columns: table.columns,
        left_out,
        written,
        aside: scores.aside,
    })
}

/// The columns with their aggregates, and the aggregates that were left out. Labels are at a place of the rows.
fn ranked<'a>(
    options: &Rank,
    scores: &Scores,
    members: &[&'a Score],
    place: usize,
) -> Result<(RankTable<'a>, Vec<&'static Aggregate>), Error> {
    let name = options.target.as_deref();
    if let Some(name) = name.filter(|name| members.iter().any(|one| one.name == **name)) {
        return Err(RankingError::IsTarget { name: name.to_owned() }.into());
    }
    let (objective, objectives) = stated_of(&options.stated, name, members)?;
    let [mut aggregates, left_out] =
        aggregates_for(options.aggregates.as_deref(), scores.rows.len())?;
    if options.aggregates.is_none() && members.len() < 2 && options.rows.is_none() {
        aggregates.clear(); // They would repeat the only column.
    }
    let target = match objective {
        Some(objective) => {
            if !aggregates.is_empty() {
                objective.needed_for("an aggregate")?;
            }
            let labels = scores.labels(place, &objective.target, MEASURED)?;
            Some(Target { objective, labels })
        }
        None => None,
    };
    let mut table = RankTable::new(members, &objectives, target)?;
    table.add(&aggregates)?;
    Ok((table, left_out))
}

/// The columns of joined tables that rows carry along.
fn carried(options: &Rank) -> Vec<String> {
    let mut names: Vec<String> = options.target.iter().cloned().collect();
    if let Some(GroupBy::Values(name)) = &options.group_by {
        names.push(name.clone());
    }
    if let Some(RankRows { keep: Some(Keep::Columns(kept)), .. }) = &options.rows {
        names.extend(kept.iter().cloned());
    }
    names
}

/// The rows of each group, by its name; none if rows are not grouped.
fn groups(
    options: &Rank,
    scores: &Scores,
    target_place: usize,
) -> Result<Vec<(String, Vec<usize>)>, Error> {
    let mut groups: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
    match &options.group_by {
        None => {}
        Some(GroupBy::Values(name)) => {
            let place = target_place + usize::from(options.target.is_some());
            for (row, values) in scores.rows.iter().enumerate() {
                let value = values[place].text().into_owned();
                groups.entry((0, value)).or_default().push(row);
                if groups.len() > MOST_GROUPS {
                    return Err(RankingError::TooManyGroups { name: name.clone() }.into());
                }
            }
        }
        Some(GroupBy::Quantiles(name, count)) => {
            let &[column] = scores.of.last().map_or(&[][..], Vec::as_slice) else {
                let count = scores.of.last().map_or(0, Vec::len);
                let used_as = UsedAs::Groups;
                return Err(RankingError::OneColumn { used_as, name: name.clone(), count }.into());
            };
            let values = &scores.columns[column].values;
            let mut of_group: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for (row, group) in quantiles(values, *count).into_iter().enumerate() {
                of_group.entry(group).or_default().push(row);
            }
            for (group, rows) in of_group {
                let own = || rows.iter().map(|&row| values[row]);
                let (low, high) =
                    (own().fold(f64::INFINITY, f64::min), own().fold(f64::NEG_INFINITY, f64::max));
                let name = format!("{name} {}/{count} [{low}, {high}]", group + 1);
                groups.insert((group, name), rows);
            }
        }
    }
    Ok(groups.into_iter().map(|((_, name), rows)| (name, rows)).collect())
}

/// For each column and family the feature that it agrees with most.
fn bias(
    input: &Input,
    request: &Request,
    scores: &Scores,
    table: &RankTable,
) -> Result<Vec<Bias>, Error> {
    let features = scores.features(input, request, &[Use::Graf, Use::Plus])?;
    let family =
        |name: &str| FAMILIES.into_iter().find(|family| family.owns(name)).map(Family::name);
    let mut families: Vec<&'static str> = Vec::new();
    for name in features.iter().filter_map(|(name, _)| family(name)) {
        if !families.contains(&name) {
            families.push(name);
        }
    }
    let places = (0..table.columns.len() * features.len()).into_par_iter();
    let tau = |place: usize| {
        kendall_tau(&table.values[place / features.len()], &features[place % features.len()].1)
    };
    let taus: Vec<f64> = places.map(tau).collect();
    let mut bias = Vec::new();
    for (column, taus) in taus.chunks(features.len().max(1)).enumerate() {
        for own in &families {
            let of_family =
                features.iter().zip(taus).filter(|((name, _), _)| family(name) == Some(own));
            let known = of_family.filter(|(_, tau)| !tau.is_nan());
            // Of equal ones the first.
            let most =
                known.reduce(|best, other| if other.1.abs() > best.1.abs() { other } else { best });
            let Some(((feature, _), &tau)) = most else { continue };
            bias.push(Bias { column, family: own, feature: feature.clone(), tau });
        }
    }
    Ok(bias)
}

/// Writes the aggregates of each row; returns how many rows.
fn write(
    begun: Begun,
    options: &RankRows,
    kept_names: &[String],
    rows: &[Vec<Value>],
    table: &RankTable,
) -> Result<usize, Error> {
    let columns = table.columns.iter().zip(&table.values);
    let aggregates: Vec<_> =
        columns.filter(|(column, _)| column.kind == ColumnKind::Aggregate).collect();
    let mut names: Vec<String> = aggregates.iter().map(|(column, _)| column.name.clone()).collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut ranks = vec![0; rows.len()];
    if let (true, Some((_, best))) = (options.sort, aggregates.first()) {
        names.push(RANK.to_owned());
        order.sort_by(|&one, &other| best[other].total_cmp(&best[one])); // Ties keep their order.
        for place in 0..order.len() {
            let is_tied =
                place > 0 && best[order[place]].total_cmp(&best[order[place - 1]]).is_eq();
            ranks[order[place]] = if is_tied { ranks[order[place - 1]] } else { place + 1 };
        }
        order.truncate(options.top.unwrap_or(usize::MAX));
    }
    if let Some(name) = twice(&[kept_names, &names[..]].concat()) {
        return Err(Error::Taken { name, twice: Twice::Kept });
    }
    let mut writer = begun.with_columns(kept_names, &names)?;
    let mut encoded = Vec::new();
    for &row in &order {
        let values: Vec<&Value> = rows[row][..kept_names.len()].iter().collect();
        let mut numbers: Vec<f64> = aggregates.iter().map(|(_, values)| values[row]).collect();
        if options.sort {
            numbers.push(ranks[row] as f64);
        }
        let line = writer.encoder().row(&values, &numbers, &mut encoded);
        line.map_err(|error| Error::Unwritable { reason: error.to_string() })?;
    }
    writer.write(order.len() as u64, &encoded)?;
    writer.finish()?;
    Ok(order.len())
}
