/** How a database spells what the SQL standard leaves open. */
export interface Dialect {
  /** Type and constraint of a primary key that the database counts up and never gives out twice. */
  readonly identity: string;
  /** Text that compares byte by byte. */
  readonly text: string;
  readonly bytes: string;
  /** Behind a table's definition: its rows lie in the order of the primary key, where a database has that. Empty, or begins with a space. */
  readonly clustered: string;
}

export interface Migration {
  readonly version: number;
  readonly name: string;
  statements(dialect: Dialect): readonly string[];
}

/** What is told of a migration before it is made. */
export interface MigrationStep {
  /** The schema that it leads to. */
  readonly schema: number;
  /** The last one that this program knows. */
  readonly newest: number;
  /** What it is about. */
  readonly name: string;
}
