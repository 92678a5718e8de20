//! Columns of Arrow as fields of rows.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, ArrowTemporalType, Date32Type, Date64Type, Float16Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, GenericStringArray, OffsetSizeTrait, PrimitiveArray};
use arrow_schema::{ArrowError, DataType, TimeUnit};

use crate::table::Value;

/// How deep lists may be nested.
const DEEPEST: usize = 16;

/// Whether columns of a type are read; the error is its name.
pub(super) fn check(kind: &DataType) -> Result<(), String> {
    check_within(kind, 0)
}

fn check_within(kind: &DataType, depth: usize) -> Result<(), String> {
    use DataType as T;
    match kind {
        _ if depth > DEEPEST => Err("lists within lists beyond all measure".to_owned()),
        T::Null
        | T::Boolean
        | T::Int8
        | T::Int16
        | T::Int32
        | T::Int64
        | T::UInt8
        | T::UInt16
        | T::UInt32
        | T::UInt64
        | T::Float16
        | T::Float32
        | T::Float64
        | T::Utf8
        | T::LargeUtf8
        | T::Utf8View
        | T::Binary
        | T::LargeBinary
        | T::BinaryView
        | T::Timestamp(..)
        | T::Date32
        | T::Date64 => Ok(()),
        T::List(item) | T::LargeList(item) | T::FixedSizeList(item, _) => {
            check_within(item.data_type(), depth + 1)
        }
        T::Struct(fields) => {
            fields.iter().try_for_each(|field| check_within(field.data_type(), depth + 1))
        }
        T::Dictionary(_, value) => check_within(value, depth + 1),
        other => Err(other.to_string()),
    }
}

/// The fields of a column.
pub(super) fn values(column: &ArrayRef) -> Result<Vec<Value>, ArrowError> {
    use DataType as T;
    let found = match column.data_type() {
        T::Null => vec![Value::Missing; column.len()],
        T::Boolean => {
            let json = |value: bool| Value::Json(if value { "true" } else { "false" }.into());
            all(column.as_boolean().iter(), json)
        }
        T::Int8 => integers::<Int8Type>(column),
        T::Int16 => integers::<Int16Type>(column),
        T::Int32 => integers::<Int32Type>(column),
        T::Int64 => integers::<Int64Type>(column),
        T::UInt8 => integers::<UInt8Type>(column),
        T::UInt16 => integers::<UInt16Type>(column),
        T::UInt32 => integers::<UInt32Type>(column),
        T::UInt64 => all(column.as_primitive::<UInt64Type>().iter(), |integer| {
            i64::try_from(integer)
                .map_or_else(|_| Value::Json(integer.to_string().into()), Value::Integer)
        }),
        T::Float16 => all(column.as_primitive::<Float16Type>().iter(), |number| {
            Value::from_number(number.to_f64())
        }),
        T::Float32 => all(column.as_primitive::<Float32Type>().iter(), |number| {
            Value::from_number(number.into())
        }),
        T::Float64 => all(column.as_primitive::<Float64Type>().iter(), Value::from_number),
        T::Utf8 => texts(column.as_string::<i32>()),
        T::LargeUtf8 => texts(column.as_string::<i64>()),
        T::Utf8View => all(column.as_string_view().iter(), text),
        T::Binary => all_bytes(column.as_binary::<i32>().iter())?,
        T::LargeBinary => all_bytes(column.as_binary::<i64>().iter())?,
        T::BinaryView => all_bytes(column.as_binary_view().iter())?,
        T::Timestamp(TimeUnit::Second, _) => times::<TimestampSecondType>(column),
        T::Timestamp(TimeUnit::Millisecond, _) => times::<TimestampMillisecondType>(column),
        T::Timestamp(TimeUnit::Microsecond, _) => times::<TimestampMicrosecondType>(column),
        T::Timestamp(TimeUnit::Nanosecond, _) => times::<TimestampNanosecondType>(column),
        T::Date32 => times::<Date32Type>(column),
        T::Date64 => times::<Date64Type>(column),
        T::List(_) => lists(column.as_list::<i32>().iter())?,
        T::LargeList(_) => lists(column.as_list::<i64>().iter())?,
        T::FixedSizeList(..) => lists(column.as_fixed_size_list().iter())?,
        T::Struct(_) => objects(column)?,
        T::Dictionary(..) => chosen(column)?,
        other => return Err(ArrowError::SchemaError(format!("{other} is not read"))),
    };
    Ok(found)
}

/// The fields of items of which some are absent.
fn all<T>(items: impl Iterator<Item = Option<T>>, value: impl Fn(T) -> Value) -> Vec<Value> {
    items.map(|item| item.map_or(Value::Missing, &value)).collect()
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn texts<O: OffsetSizeTrait>(column: &GenericStringArray<O>) -> Vec<Value> {
    all(column.iter(), text)
}

fn integers<T: ArrowPrimitiveType<Native: Into<i64>>>(column: &ArrayRef) -> Vec<Value> {
    all(column.as_primitive::<T>().iter(), |integer| Value::Integer(integer.into()))
}

fn times<T: ArrowTemporalType>(column: &ArrayRef) -> Vec<Value>
where
    i64: From<T::Native>,
{
    let times: &PrimitiveArray<T> = column.as_primitive();
    let time = |place: usize| {
        let time = times.value_as_datetime(place).filter(|_| times.is_valid(place));
        time.map_or(Value::Missing, |time| Value::Text(time.to_string().into()))
    };
    (0..times.len()).map(time).collect()
}

/// Bytes are texts of writers that do not say so.
fn all_bytes<'a>(items: impl Iterator<Item = Option<&'a [u8]>>) -> Result<Vec<Value>, ArrowError> {
    let value = |item: Option<&[u8]>| {
        let Some(item) = item else { return Ok(Value::Missing) };
        let read = str::from_utf8(item).map(text);
        read.map_err(|_| ArrowError::ParseError("it has bytes that are not UTF-8 text".to_owned()))
    };
    items.map(value).collect()
}

/// Lists are JSON text.
fn lists(items: impl Iterator<Item = Option<ArrayRef>>) -> Result<Vec<Value>, ArrowError> {
    let value = |item: Option<ArrayRef>| {
        let Some(item) = item else { return Ok(Value::Missing) };
        let parts = values(&item)?;
        let parts: Vec<_> = parts.iter().map(Value::json).collect();
        Ok(Value::Json(format!("[{}]", parts.join(", ")).into()))
    };
    items.map(value).collect()
}

/// Structs are JSON objects.
fn objects(column: &ArrayRef) -> Result<Vec<Value>, ArrowError> {
    let column = column.as_struct();
    let fields: Result<Vec<_>, _> = column.columns().iter().map(values).collect();
    let fields = fields?;
    let key = |name: &&str| serde_json::Value::from(*name).to_string();
    let keys: Vec<String> = column.column_names().iter().map(key).collect();
    let object = |place: usize| {
        if column.is_null(place) {
            return Value::Missing;
        }
        let part = |(key, field): (&String, &Vec<Value>)| format!("{key}: {}", field[place].json());
        let parts: Vec<_> = keys.iter().zip(&fields).map(part).collect();
        Value::Json(format!("{{{}}}", parts.join(", ")).into())
    };
    Ok((0..column.len()).map(object).collect())
}

/// Values of a dictionary, by their places in it.
fn chosen(column: &ArrayRef) -> Result<Vec<Value>, ArrowError> {
    let column = column.as_any_dictionary();
    let choices = values(column.values())?;
    if choices.is_empty() {
        return Ok(vec![Value::Missing; column.len()]);
    }
    let keys = column.normalized_keys();
    let chosen = |(place, key): (usize, &usize)| match choices.get(*key) {
        Some(value) if !column.is_null(place) => value.clone(),
        _ => Value::Missing,
    };
    Ok(keys.iter().enumerate().map(chosen).collect())
}
