package io.mintmark.simulators.results;

/**
 * Something that happened once.
 *
 * @param at when, in seconds since the run's begin
 * @param text what
 */
public record Mark(double at, String text) {}
