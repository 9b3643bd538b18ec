/**
 * A catalogue of hostile moves against service and broker of an installation of one's own: what each
 * tries, what the standards say should happen, what was seen. A regression list: a defect found
 * becomes a move.
 */
package io.mintmark.simulators.attack;
