/** What a run came to: recorded as it happens, and told as table, JSON, HTML and expectations. */
package io.mintmark.simulators.results;
