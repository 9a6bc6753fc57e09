# Everything here needs Go, make and npm, nothing else; `make help` lists it.

GO       ?= go
FUZZTIME ?= 30s
# N is how often `make kills` kills the server, LEADS how many leads are there
# when `make bench` begins.
N        ?= 1000
LEADS    ?= 20000
# EVENTS is how long the history of `make history` is.
EVENTS   ?= 200000

# One setting for building and testing, so that what one compiled the other
# finds; the driver of the database takes minutes.
export CGO_ENABLED = 0

.DEFAULT_GOAL := help
.PHONY: help demo assets build test check race fuzz kills history pictures bench clean

help: ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-8s %s\n' "$$name" "$$text"; done

demo: build ## run a simulated company with a year of history
	./bin/galena demo

# What the pages take from others, and our own styles and script, bundled into a
# folder that the binary embeds.
ASSET = internal/web/asset
BUILT = $(ASSET)/built/names.json

assets: $(BUILT) ## bundle what the pages load beside their HTML

$(BUILT): $(ASSET)/node_modules/.package-lock.json $(wildcard $(ASSET)/*.css $(ASSET)/*.js $(ASSET)/*.txt) tools/assets/main.go
	$(GO) run -C tools ./assets

$(ASSET)/node_modules/.package-lock.json: $(ASSET)/package.json $(ASSET)/package-lock.json
	cd $(ASSET) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

build: assets ## build bin/galena, one static file
	$(GO) build -o bin/galena ./cmd/galena

test: assets ## run all tests, the kill tests among them
	$(GO) test -timeout=60m ./...

check: ## what must be true of the source: format, vet, lint, modules, generated files, floor plan
	@echo 'gofmt'; unformatted="$$(gofmt -l .)"; \
		if [ -n "$$unformatted" ]; then echo "Not formatted (gofmt -w mends it):"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool -modfile=tools/go.mod staticcheck ./...
	$(GO) mod tidy -diff
	@echo 'generated files'; sum() { find . -type f -not -path './.git/*' -not -path './bin/*' -not -path '*/node_modules/*' -exec cksum {} + | sort; }; \
		before="$$(sum)"; $(GO) generate ./... || exit 1; \
		if [ "$$before" != "$$(sum)" ]; then echo 'Generated files were not current; `go generate ./...` has just written them anew.'; exit 1; fi
	$(GO) test -count=1 ./internal/floorplan

race: assets ## run all tests with the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race ./...

fuzz: ## fuzz every reader of foreign text, each for FUZZTIME (30s)
	@set -e; for file in $$(grep -rlE '^func Fuzz' --include='*_test.go' cmd internal test | sort); do \
		for target in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*).*/\1/p' "$$file"); do \
			echo "$$target in $$(dirname "$$file")"; \
			$(GO) test -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZTIME) "./$$(dirname "$$file")"; \
		done; \
	done

kills: ## kill the server N (1000) times under load and look for what is lost
	GALENA_KILLS=$(N) $(GO) test -count=1 -timeout=0 -run=TestKills -v ./test/crash

history: ## carry a history of EVENTS (200000) through every store and compare what comes of it
	GALENA_HISTORY=$(EVENTS) $(GO) test -count=1 -timeout=1h -v ./test/history

pictures: assets ## make the pictures that the README shows anew (needs Chromium)
	GALENA_PICTURES=$(CURDIR)/docs/pictures $(GO) test -count=1 -run='^TestPictures$$' ./test/pages

bench: build ## measure folding, replaying and taking events in, each beside something simpler
	./bin/galena bench fold
	./bin/galena bench replay
	./bin/galena bench ingest --leads $(LEADS)
	$(GO) test -run='^$$' -bench=. -benchmem ./internal/engine ./internal/tracking

clean: ## remove what was built
	rm -rf bin
