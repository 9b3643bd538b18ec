/** Who plays: engines that keep many devices enrolled, connected and busy. */
package io.mintmark.simulators.fleet;
