// Command galena is the lead engine: the server and every tool for it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // playbooks name time zones; the machine may know none

	"galena/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the process at once
	}()
	os.Exit(cli.Main(ctx, os.Args[1:], cli.Terminal{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}))
}
