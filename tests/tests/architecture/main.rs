//! The structure of the library and its laws, as far as a search of the sources can check them.

mod documents;
mod evidence;
mod imports;
mod laws;
mod links;
mod rooms;
mod sources;
