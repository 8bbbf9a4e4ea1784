-- An answer with its explanation is two to eight kilobytes, written once and read seldom. Up to a page it stays
-- in its row as it is: compressing it cost more than a tenth of the database's time in a sale.
alter table request set (toast_tuple_target = 8160);
