// Package listsql answers queries of the listing by SQL, for the stores that keep
// it in a database. They differ in how a parameter and a few functions are
// written; which way a query goes is decided here, once for all of them.
//
// # The way of a query
//
// Most conditions have an index that lists the leads of which they hold. Each such
// list is read up to a bound. The lists that end before it are intersected, and the
// rows of what remains are fetched and sorted. If none ends, or too much remains,
// each condition holds for so many that the rows of the first page are soon found
// by walking along the index of the order, as far as the query says; there is one of
// each order that begins with the kind, since visitors outnumber everybody else.
//
// What users write is always a parameter, names of attributes and scores included;
// no statement has a text of theirs.
//
// It opens no connection and writes nothing.
package listsql
