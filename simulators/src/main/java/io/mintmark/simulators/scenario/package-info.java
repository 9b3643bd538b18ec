/** What is played: scenarios of phases, read from YAML or flags, against a target. */
package io.mintmark.simulators.scenario;
