package io.mintmark.provisioning.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeptStatementsTest {

  private Connection connection;
  private Jdbi jdbi;

  @BeforeEach
  void open() throws Exception {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    KeptStatements statements = new KeptStatements(connection);
    jdbi = Jdbi.create(new OneConnection(connection)).setStatementBuilderFactory(of -> statements);
    jdbi.useHandle(h -> h.execute("create table t (n integer, m integer)"));
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
  }

  private static void insert(Handle handle, Integer n, Integer m) {
    handle
        .createUpdate("insert into t (n, m) values (:n, :m)")
        .bind("n", n)
        .bind("m", m)
        .execute();
  }

  private static List<Integer> numbers(Handle handle) {
    return handle.createQuery("select n from t order by n").mapTo(Integer.class).list();
  }

  @Test
  void preparesAStatementOnce() {
    PreparedStatement first = jdbi.withHandle(KeptStatementsTest::statement);
    assertThat(jdbi.withHandle(KeptStatementsTest::statement)).isSameAs(first);
  }

  private static PreparedStatement statement(Handle handle) {
    // With a named parameter, as nearly all of ours: what is prepared is not the text Jdbi was
    // given.
    return handle
        .createQuery("select count(*) from t where n > :least")
        .bind("least", 1)
        .scanResultSet((result, context) -> {
          assertThat(result.get()).isNotNull();
          return context.getStatement();
        });
  }

  @Test
  void bindsAnewEachTime() {
    jdbi.useHandle(h -> {
      insert(h, 1, 10);
      insert(h, 2, null);
      assertThat(
              h.createQuery("select m from t where n = 2").mapTo(Integer.class).list())
          .containsExactly((Integer) null);
    });
  }

  @Test
  void usesAnotherWhileOneIsBeingRead() {
    jdbi.useHandle(h -> {
      insert(h, 1, 1);
      insert(h, 2, 2);
      List<List<Integer>> nested = h.createQuery("select n from t order by n")
          .map((row, context) -> numbers(h))
          .list();
      assertThat(nested).containsExactly(List.of(1, 2), List.of(1, 2));
    });
  }

  @Test
  void seesWhatWasWrittenSince() {
    assertThat(jdbi.withHandle(KeptStatementsTest::numbers)).isEmpty();
    jdbi.useTransaction(h -> insert(h, 7, 7));
    assertThat(jdbi.withHandle(KeptStatementsTest::numbers)).containsExactly(7);
  }

  @Test
  void survivesAStatementThatFailed() {
    jdbi.useHandle(h -> h.execute("create unique index one on t (n)"));
    jdbi.useHandle(h -> insert(h, 1, 1));
    assertThat(catchThrowable(() -> jdbi.useTransaction(h -> insert(h, 1, 2)))).isNotNull();
    jdbi.useTransaction(h -> insert(h, 2, 2));
    assertThat(jdbi.withHandle(KeptStatementsTest::numbers)).containsExactly(1, 2);
  }
}
