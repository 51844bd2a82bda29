//! Where a site is: below a path of its host, and at several hosts.

mod prefix;
mod prefix_pages;
mod several;
mod several_apart;
mod unlisted;
