//! What criterion found, read from its files.

use std::error::Error;
use std::fs;
use std::path::Path;

/// The median of a benchmark in nanoseconds, if it has been measured.
///
/// # Errors
///
/// If criterion's file cannot be read.
pub fn median(group: &str, name: &str) -> Result<Option<f64>, Box<dyn Error>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/criterion").join(group);
    let file = directory.join(name).join("new/estimates.json");
    if !file.is_file() {
        return Ok(None);
    }
    let estimates: serde_json::Value = serde_json::from_str(&fs::read_to_string(file)?)?;
    Ok(estimates["median"]["point_estimate"].as_f64())
}
