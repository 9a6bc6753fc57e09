// Package playbook is the written agreement: the document that marketing and
// sales sign, its parser with places in its errors, its compiler to a Plan, its
// description in words.
//
// It knows no store and no clock, and computes no score.
//
// # The document
//
// A playbook is a YAML document:
//
//	galena: 1                      # the format; always 1
//	name: B2B SaaS
//	description: …                 # optional, prose
//	time_zone: Europe/Berlin       # required; where days and weeks begin
//
//	attributes:                    # what we know about people
//	  employees: number            # text, number, bool, time or list
//	  title: {type: text, label: job title, from: [title, jobTitle]}
//	  company_size: {type: number, from: company.employees}
//
//	signals:                       # the vocabulary of interest
//	  demo_request:
//	    label: requested a demo
//	    event: [Demo Requested, Demo Form Submitted]      # names of track events
//	  pricing_visit:
//	    label: visited pricing
//	    type: page                                        # or a list of types
//	    where: page.path.startsWith("/pricing")
//	  interest: {label: showed interest, any: [demo_request, pricing_visit]}
//
//	segments:                      # conditions on attributes, asked for by name
//	  mid_market: {label: is of a mid-sized company, when: employees >= 50 && employees < 1000}
//
//	personas:                      # kinds of people
//	  decider: {label: decides, description: Holds the budget., when: title == "VP"}
//
//	scores:                        # dimensions
//	  fit:
//	    label: Fit
//	    cap: 100                   # clamp on reading
//	    floor: 0
//	    rules:
//	      - {name: right_size, label: 50 employees or more, when: employees >= 50, points: 20}
//	  interest_points:
//	    decay: {half_life: 30d}    # for all its rules that give points over time
//	    rules:
//	      - {on: demo_request, points: 50, limit: once, decay: none}
//	      - {on: pricing_visit, points: 15, limit: 1 per day}
//	      - {on: [opened, clicked], name: mails, points: 5, minimum: 3, cap: 20}
//	      - {silence: 30d, of: [interest], points: -10, limit: 3, name: quiet}
//	      - {on: demo_request, points: "min(properties.seats / 10, 50)", name: size}
//	      - {on: pricing_visit, when: "count(pricing_visit, 1d) >= 3", points: 5, limit: 1 per 3d, name: keen}
//	      - {every: day, reset: {below: 0}, name: nightly}
//
//	totals:
//	  score: {label: Score, sum: [fit, interest_points], cap: 200, floor: 0}
//
//	stages:                        # in the order of the funnel
//	  - {name: Lead, role: identified, when: reachable && count(interest) >= 1}
//	  - {name: PQL, role: qualified, when: count(pricing_visit) >= 9, side: true}
//	  - name: MQL
//	    role: qualified
//	    when: score >= 60 && count(pricing_visit, 30d) >= 2
//	    fast_track: count(demo_request, 30d) >= 1   # enough by itself
//	    back_when: score < 40      # or "back: true": when no criterion holds any more
//	    back_to: Lead              # default: the furthest before whose criterion holds
//	  - {name: Accepted, role: accepted, by_hand: true}
//
//	exits:                         # ways out of the funnel
//	  - {name: Recycled, role: recycled, by_hand: true, reasons: [no budget, no answer], cool_down: 30d}
//	  - {name: Gone quiet, role: recycled, when: "in_stage > 90d && since(interest) > 90d"}
//	  - {name: Disqualified, role: disqualified, by_hand: true, final: true}
//
//	hand_raise: [demo_request]     # signals that end a hold and a cool-down
//
//	exclusions:                    # recorded, never scored
//	  competitor: {label: works for a competitor, when: 'email_domain in ["rival.example"]'}
//
//	grade:                         # one mark of each scale, here A1 to D4
//	  letters: {score: fit, A: 60, B: 40, C: 20, D: 0}
//	  numbers: {score: interest_points, 1: 80, 2: 50, 3: 20, 4: 0}
//
//	handoff:                       # this and all down to review: see below
//	  on: MQL
//	  owner_first: true
//	  routes:
//	    - {name: large, when: employees >= 1000, to: {team: enterprise}}
//	    - {to: {round_robin: {ann: 2, bert: 1}}}
//	  fallback: {queue: unassigned}
//	  capacity: 40
//	  hours: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}
//	  holidays: [2026-12-25]
//	  clock: qualification         # or assignment
//	  accept_within: 4h            # working time, as all of the ladder
//	  reach_within: 24h
//	  ladder:
//	    - {after: 2h, do: remind}
//	    - {after: 4h, do: escalate, to: the head of sales}
//	    - {after: 8h, do: reassign}
//	  context: [title, pricing_visit, score]
//	  questions: [{name: budget, ask: Is there a budget?, type: bool, required: true}]
//	  reject_reasons: [no budget, wrong person]
//
//	nurture:
//	  welcome:
//	    enrol: stage == "Lead"
//	    exit: stage == "MQL"
//	    limit: 2 per week          # mails to one person
//	    steps:
//	      - send: welcome
//	      - {wait_for: clicked, within: 7d}
//	      - branch: {when: "count(clicked) >= 1", then: [{send: prices}], else: [{leave: true}]}
//	      - wait: 3d
//	      - {notify: owner, text: Warm by now.}
//	      - update: {title: VP}
//	      - webhook: https://crm.example/warm
//
//	attribution:
//	  touches: [clicked, pricing_visit]
//	  window: 90d
//	  models:
//	    first: {kind: first, anchors: Lead}
//	    ours: {kind: custom, anchors: [Lead, MQL], weights: {first: 40, last: 40, others: 20}}
//
//	goals: [{name: first quarter, from: 2026-01-01, to: 2026-03-31, revenue: 250000 EUR, stage: MQL, count: 400}]
//	costs: [{name: ads, source: linkedin, amount: 1200.50 EUR, per: month, from: 2026-01-01}]
//	review: 2026-06-30
//
//	tests:
//	  - name: a VP who asks for a demo is handed off
//	    events:                    # in order; "at" of the first defaults to 2026-01-05T09:00:00Z
//	      - {type: identify, user: u1, traits: {email: vp@corp.example, title: VP}}
//	      - {after: 1d, event: Demo Requested, properties: {plan: team}}
//	      - {after: 2h, type: page, name: Pricing, properties: {path: /pricing}}
//	    after: 10d                 # when to look; default: right after the last event
//	    expect:
//	      stage: MQL               # "" for none
//	      scores: {fit: 20, score: 85}
//	      excluded: competitor     # optional
//	      grade: ""                # optional; who is excluded has none
//	  - name: who was recycled comes back in a new cycle
//	    events:
//	      - {type: identify, user: u1, traits: {email: vp@corp.example}}
//	      - {after: 1d, stage: Recycled, reason: no budget}   # what a person does
//	    expect: {cycle: 1, reason: no budget}   # and entered: [Lead, Recycled]
//
// A condition that holds a comma, a colon followed by a space or a bracket must
// stand in quotes between braces; on a line of its own it needs none, unless it
// begins with a quote, a bracket, ! or *.
//
// A grade has `letters` (A to F), `numbers` (1 to 9) or both, each by a score or
// total. A mark is given from its points on; the last of a scale also below them.
// Conditions compare the scores, not the grade.
//
// `on`, `of`, `event`, `type`, `from`, `any` and `sum` take one item or a list.
//
// An event of a test takes `at` (a moment) or `after` (a duration since the
// event before), `type` (default track when `event` is given), `event` or
// `name`, `user`, `anonymous`, `group`, `properties`, `traits`, `context`. All
// events of a test are one lead's.
//
// A signal takes `event` (names of track events), or `type` with an optional
// `name` (names of pages or screens), and `where`. A signal with `event` and no
// `type` is of type track.
//
// A rule has exactly one of `when`, `on`, `silence`, `every`; a rule with `on` may
// have a `when`, too. `name` may be left out of a
// rule with a single signal in `on`: it is then the signal's; otherwise it is
// required. Names are unique within a score. `label` defaults to the signal's
// label, else the name.
//
// The `when` of a rule with `on` is asked at the moment at which the signal takes
// effect, with this event's attributes and signals and before its points. It may
// read all but scores. A signal at which it does not hold is none for the rule.
//
// `points` is a number, or an expression in CEL that reckons one: of a rule with
// `on` from the event (as `where` reads it) and attributes, of others from
// attributes alone. The result is rounded to thousandths, half to even, and brought
// between `min` (0 unless given) and `max` (a million unless given), which are of one
// sign. Where something that it reads is missing, or the result is infinite or no
// number, or 0, nothing is given. min(a, b) and max(a, b) take two to four numbers.
//
// A rule with `reset` in place of `points` takes away what the rules of its score
// gave over time: at a signal (`on`), after a `silence`, or at the first moment of
// `every` day, week (from Monday) or month. Its value is all, or {below: N} or {above:
// N}: only if the score reads so then. What holds while a `when` does is not taken
// away, and limits remember what was given.
//
// `decay` is none or one of
//
//   - {half_life: 30d}: worth half after 30 days, a quarter after 60;
//   - {linear: 10, every: 7d}: loses 10 points, towards 0, after each full 7 days;
//   - {percent: 25, every: 30d}: loses a quarter of what is left after each full 30 days;
//   - {expires: 90d}: whole for 90 days, then nothing;
//
// each counted from the date of the contribution. A rule without one has its
// score's; rules with `when` never decay. Points that decay linearly are gone
// after at most 1,000 periods, and so are reckoned points that decay by percent.
// Under a decay other than half_life the newest 400 contributions of a rule are
// worth something.
//
// `balance: {decay: …}` on a score or total says how an opening balance fades that
// was brought along from elsewhere; without it, it lasts. Corrections by hand last.
//
// `stop` is {score: S, above: N} or none: once the score or total S reads more
// than N before an event, or before a silence falls due, the rule's points are
// refused for good. A rule without one has its score's; rules with `when` are
// never stopped.
//
// Stages, exits, holds and cool-downs are described in docs/adr/0017-ways-back.md.
// A stage has `when`, `fast_track` or both, or is `by_hand: true`; people may put
// leads into all others, too. An exit has `when` or is `by_hand: true`. `side: true`
// marks a stage beside the order: who goes past it has not been in it. An exit
// without `reasons` takes any.
//
// `each_cycle: true` on a score: what its rules gave counts nothing any more, and
// uses up no limit, once the lead has left the funnel by an exit. Rules with
// `when` are not touched by it.
//
// `handoff`, `nurture`, `attribution`, `goals`, `costs` and `review` are checked,
// names and conditions in them as everywhere, and described; acted on by a later
// version. A target is one of owner, team, queue and round_robin. A step does one
// thing: send, wait, wait_for (with within), branch, notify (with text), update,
// webhook or leave. Kinds of models are first, last, last_non_direct, linear, u, w,
// full_path, time_decay (with half_life), custom (with weights in hundredths),
// markov and shapley; anchors are stages. Money is written 1200.50 EUR, and kept in
// the currency's minor unit; costs are `per` lead, qualified, accepted, customer or
// month, or once within their days. Times of day and days are those of the
// playbook's zone.
//
// A limit is `once`, a number (in all), or `N per day`, `N per week`, `N per
// month` (of the calendar, in the playbook's zone), or `N per D` for any
// duration D (any span of that length).
//
// A segment is a condition on attributes by whose name the `when` of rules,
// stages and exclusions can ask: `mid_market && title == "VP"` means what it would
// if the segment's condition stood there in brackets. Segments are not made of
// segments.
//
// Of the paths `from` which an attribute is taken the first that an event has decides;
// of several that begin with `account.` the first of which the company has ever told.
//
// distinct(signal, path) and same(signal, other, path) ask for values in events: of
// these a lead's memory holds hashes, never the values. same knows of the latest 64
// different values of each of its signals.
//
// A persona is likewise a condition by whose name others ask. Besides, in a playbook
// with personas the attribute `persona` is the name of the first that holds, in the
// order of the document; conditions can ask for it, those of segments and personas
// excepted.
//
// All names (attributes, signals, segments, personas, scores, totals) are one namespace: lower-case
// words of letters, digits and underscores, beginning with a letter. Reserved
// are the names and functions of package rule and the built-in attributes:
// email, email_domain, account, identified, reachable, and of stages and exits
// stage, previous_stage, past_stages (a list) and cycle (a number; missing in the
// contact that was never in a stage). Exclusions are
// named likewise, among themselves; stages and tests bear any text.
//
// The YAML is plain: no tags, merge keys, directives or second documents. A text
// field takes text only (2026 and true must be quoted); words such as no, on and
// 2024-01-01 are texts. Properties, traits and contexts of tests have the types of
// JSON. A silence and
// the times of a decay are at least a minute long.
//
// # Limits
//
// A document has at most 2 MB, 2,000 rules, 2,000 signals, 500 attributes, 200 segments and personas, 100
// scores and totals, 50 stages, 10 exits, 500 exclusions, 500 tests of at most 1,000 events,
// a depth of 64, 200 routes, 20 rungs,
// 100 tracks of 200 steps, 20 models, 100 goals, 2,000 costs; aliases may expand to at most ten times its size. Names have at
// most 64 characters, labels 200, the description 5,000, all conditions together
// 128 KB.
package playbook
