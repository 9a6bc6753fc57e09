// Package bulk is the face of files: it reads tables and logs of people into
// events, and writes leads and events out again.
//
// It takes readers and writers and gives events. It opens no file, reads no
// clock, knows no store and decides nothing: whether a row is a lead or a mere
// contact is the playbook's affair, so a row carries interest only where its
// mapping says that it does.
//
// # Mapping
//
// A mapping says how a row of a CSV file, or an object of an NDJSON file,
// becomes events:
//
//	source: trade-fair-2026        # names the import; part of each row's message id
//	format: csv                    # or ndjson
//	delimiter: ";"                 # one of , ; | and tab; guessed without it
//	missing: ["n/a", "-"]          # texts that mean "no value", besides blank ones
//	user_id: Customer number       # a column; in NDJSON a path such as person.id
//	anonymous_id: Cookie
//	email: E-mail                  # or several: the first that holds an address counts
//	several: keep                  # all addresses and ids in a cell, by ; between them, are the person's
//	occurred: {column: Created, layout: "02.01.2006", zone: Europe/Berlin}
//	traits:
//	  title: Job title             # a column
//	  visits: {column: Visits, type: number}
//	  employees: {column: Staff, numbers: "1.234,5"} # how numbers are written there
//	  phone: {column: Tel, strip: "p:"} # what the text begins with is taken away
//	  vendor: {value: Acme Lists}  # the same for every row
//	rest: keep                     # the other columns too, under snake_case names; or drop
//	events:
//	  - {event: Form Submitted, when: {column: Origin, in: [Landing page]}, properties: {form: Form name}}
//	  - {type: page, name: Visit, times: {column: Visits, max: 50}}
//	balance: {fit: Fit Score, interest: Score} # points, by names of scores and totals
//	balance_as_of: {column: Scored, layout: "02.01.2006"} # when they stood so; as occurred without it
//
// Every row becomes one identify the opening balances of
// which it has points, as one act, and then the events whose `when` holds. A
// condition names a column and `in` or `not_in`; with neither it asks whether
// there is a value; several conditions in a list must all hold. `times` repeats
// an event as often as a column says. An event may have an `occurred` of its own.
//
// A `layout` is a Go reference time, `unix` or `unix_ms`; without one the usual
// ISO forms are read. What has no time happened when it was imported.
//
// `numbers` writes one thousand two hundred and thirty-four and a half as the column
// does: 1234.5 (plain, as without it), 1,234.5, 1.234,5, 1 234,5, 1 234.5 or 1'234.5.
// With `type: number` a row is refused whose text is no such number; without a type
// other texts stay texts.
//
// # What was refused
//
// A refused row or message is written as NDJSON with one member more,
// `galena_reject`, that tells why (RefusedWriter). Reading passes over that
// member, so that the file can be mended and read again: rows of a table as
// objects whose members are its columns, under the same mapping or the same
// guess.
//
// # Message ids
//
// The ids are made of the source, the row's identity and its content, so a file
// that is imported twice lands once, and identical rows are duplicates. They do
// not depend on the order of columns, rows or events of the mapping: an event
// that is added to a mapping is the only thing that a second import brings, and a
// balance that is read otherwise. To
// import the same rows under changed traits, change `source`.
package bulk
