//! Where invented people live: first names, streets and towns of five countries.

/// The language of the last names.
#[derive(Clone, Copy, Debug)]
pub enum Language {
    English,
    French,
    German,
    Italian,
    Portuguese,
}

pub struct Place {
    pub language: Language,
    /// Separated by commas, as are the men and the streets.
    pub women: &'static str,
    pub men: &'static str,
    pub streets: &'static str,
    /// Postal code, in which `#` is any digit, and town.
    pub towns: &'static [(&'static str, &'static str)],
    /// How an address is written.
    pub address: &'static str,
}

pub const ENGLAND: Place = Place {
    language: Language::English,
    women: "Abigail, Alice, Amelia, Angela, Barbara, Beatrice, Charlotte, Christine, Daisy, Deborah, Dorothy, Edith, \
            Eleanor, Emily, Evelyn, Florence, Grace, Hannah, Harriet, Helen, Imogen, Isabel, Jane, Joan, Judith, Karen, \
            Katherine, Laura, Linda, Lucy, Margaret, Martha, Nancy, Olive, Pamela, Patricia, Rachel, Rose, Ruth, Sarah, \
            Sophie, Susan, Theresa, Violet, Wendy",
    men: "Adam, Albert, Alexander, Andrew, Anthony, Arthur, Benjamin, Brian, Charles, Colin, Daniel, David, Dennis, \
            Edward, Ernest, Frank, Frederick, Geoffrey, George, Graham, Harold, Harry, Henry, Isaac, Jack, James, John, \
            Joseph, Keith, Kenneth, Leonard, Martin, Matthew, Michael, Nigel, Oliver, Paul, Peter, Philip, Ralph, Richard, \
            Robert, Samuel, Stephen, Thomas, Walter, William",
    streets: "High Street, Church Lane, Mill Road, Station Road, Victoria Road, Park Avenue, King's Road, Queen Street, The \
            Crescent, Chapel Street, Orchard Close, Albion Terrace, Manor Way, Spring Gardens",
    towns: &[
        ("LS#4 #BD", "Leeds"),
        ("BS#1 #TN", "Bristol"),
        ("NR#3 #PL", "Norwich"),
        ("YO#2 #HG", "York"),
        ("EX#4 #RW", "Exeter"),
        ("CB#1 #EA", "Cambridge"),
        ("SY#1 #DQ", "Shrewsbury"),
        ("DH#1 #LE", "Durham"),
        ("BN#2 #JU", "Brighton"),
        ("LA#1 #XF", "Lancaster"),
    ],
    address: "{number} {street}, {code} {town}",
};

pub const FRANCE: Place = Place {
    language: Language::French,
    women: "Adèle, Amélie, Anne, Brigitte, Camille, Cécile, Chantal, Chloé, Claire, Danièle, Élise, Élodie, Émilie, \
            Françoise, Gabrielle, Geneviève, Hélène, Inès, Jeanne, Juliette, Léa, Louise, Lucie, Madeleine, Manon, \
            Marguerite, Marie-Claire, Mathilde, Monique, Noémie, Odette, Pauline, Renée, Sylvie, Thérèse, Valérie, Zoé",
    men: "Adrien, Alain, André, Antoine, Baptiste, Benoît, Bernard, Christophe, Cédric, Denis, Émile, Étienne, Fabien, \
            François, Frédéric, Gaël, Georges, Gérard, Guillaume, Henri, Hugo, Jacques, Jean-Luc, Jean-Pierre, Jérôme, \
            Julien, Laurent, Loïc, Louis, Marcel, Mathieu, Nicolas, Olivier, Pascal, Pierre, Raphaël, Rémi, Théo, Yves",
    streets: "rue de la Paix, rue Victor-Hugo, avenue Jean-Jaurès, rue des Lilas, rue du Moulin, place de l'Église, rue de la \
            Gare, boulevard Voltaire, impasse des Jardins, rue Émile-Zola, rue Pasteur, quai des Brumes",
    towns: &[
        ("6900#", "Lyon"),
        ("3300#", "Bordeaux"),
        ("3500#", "Rennes"),
        ("6700#", "Strasbourg"),
        ("3100#", "Toulouse"),
        ("2100#", "Dijon"),
        ("4400#", "Nantes"),
        ("5900#", "Lille"),
        ("7501#", "Paris"),
        ("3800#", "Grenoble"),
    ],
    address: "{number} {street}, {code} {town}",
};

pub const GERMANY: Place = Place {
    language: Language::German,
    women: "Angelika, Anna, Annegret, Birgit, Brigitte, Charlotte, Christa, Dörte, Elke, Emma, Erika, Eva, Franziska, \
            Frieda, Gisela, Greta, Hannelore, Heike, Helga, Ida, Ingrid, Jutta, Karin, Katharina, Käthe, Lena, Liesel, \
            Lotte, Marlene, Mathilde, Monika, Petra, Renate, Rosemarie, Sabine, Sigrid, Susanne, Ursula, Waltraud",
    men: "Achim, Albrecht, Andreas, Anton, Bernd, Björn, Christian, Detlef, Dieter, Emil, Erich, Ernst, Felix, Florian, \
            Friedrich, Georg, Gerhard, Günther, Hans, Heinrich, Helmut, Holger, Jakob, Jonas, Jörg, Jürgen, Karl, Klaus, \
            Lukas, Manfred, Matthias, Moritz, Norbert, Otto, Ralf, Rüdiger, Sebastian, Stefan, Uwe, Wolfgang",
    streets: "Hauptstraße, Bahnhofstraße, Gartenstraße, Lindenallee, Schulstraße, Am Markt, Mühlenweg, Goethestraße, \
            Kirchgasse, Bergstraße, Rosenweg, Schillerstraße",
    towns: &[
        ("5000#", "Köln"),
        ("8033#", "München"),
        ("0410#", "Leipzig"),
        ("2809#", "Bremen"),
        ("7910#", "Freiburg"),
        ("9001#", "Nürnberg"),
        ("1040#", "Berlin"),
        ("4801#", "Münster"),
        ("3001#", "Hannover"),
        ("3709#", "Göttingen"),
    ],
    address: "{street} {number}, {code} {town}",
};

pub const ITALY: Place = Place {
    language: Language::Italian,
    women: "Adriana, Alessia, Angela, Anna, Antonella, Beatrice, Bianca, Carla, Caterina, Chiara, Claudia, Daniela, Elena, \
            Elisa, Federica, Francesca, Giada, Giovanna, Giulia, Graziella, Ilaria, Isabella, Lucia, Luisa, Margherita, \
            Maria, Martina, Michela, Paola, Rosa, Sara, Serena, Silvia, Sofia, Teresa, Valentina, Vittoria",
    men: "Alberto, Alessandro, Antonio, Bruno, Carlo, Claudio, Cristiano, Davide, Domenico, Edoardo, Enrico, Fabio, \
            Federico, Filippo, Francesco, Franco, Gabriele, Giacomo, Giorgio, Giovanni, Giuseppe, Guido, Leonardo, Lorenzo, \
            Luca, Luigi, Marco, Mario, Massimo, Matteo, Michele, Paolo, Pietro, Riccardo, Roberto, Salvatore, Stefano, \
            Vincenzo",
    streets: "Via Roma, Via Garibaldi, Corso Italia, Via Dante, Via Verdi, Piazza del Duomo, Via Mazzini, Viale Europa, Via \
            dei Mille, Via San Marco, Via Manzoni, Largo Colombo",
    towns: &[
        ("2012#", "Milano"),
        ("4012#", "Bologna"),
        ("5012#", "Firenze"),
        ("1012#", "Torino"),
        ("8013#", "Napoli"),
        ("3710#", "Verona"),
        ("9010#", "Palermo"),
        ("3410#", "Trieste"),
        ("0010#", "Roma"),
        ("7010#", "Bari"),
    ],
    address: "{street} {number}, {code} {town}",
};

pub const BRAZIL: Place = Place {
    language: Language::Portuguese,
    women: "Adriana, Alícia, Aline, Ana Clara, Antônia, Beatriz, Bruna, Camila, Carolina, Cecília, Débora, Eduarda, Elisa, \
            Fernanda, Flávia, Gabriela, Heloísa, Isadora, Janaína, Joana, Júlia, Larissa, Letícia, Lívia, Luana, Lúcia, \
            Márcia, Maria Eduarda, Mariana, Natália, Patrícia, Rafaela, Raquel, Sônia, Tânia, Teresa, Vitória, Yasmin",
    men: "Afonso, Alexandre, André, Antônio, Augusto, Benício, Bernardo, Caio, Carlos Eduardo, César, Cláudio, Davi, \
            Diogo, Emanuel, Enzo, Fábio, Felipe, Fernando, Gustavo, Heitor, Henrique, Ígor, João Pedro, Joaquim, Jorge, \
            José, Júlio, Leandro, Luís, Marcelo, Márcio, Miguel, Murilo, Otávio, Paulo, Rafael, Ricardo, Sérgio, Thiago, \
            Vítor",
    streets: "Rua das Flores, Avenida Paulista, Rua XV de Novembro, Rua da Praia, Avenida Brasil, Rua São José, Travessa do \
            Carmo, Rua Tiradentes, Avenida Beira-Mar, Rua Sete de Setembro, Alameda Santos, Rua do Comércio",
    towns: &[
        ("0131#-000", "São Paulo"),
        ("2003#-010", "Rio de Janeiro"),
        ("3013#-005", "Belo Horizonte"),
        ("8001#-020", "Curitiba"),
        ("9001#-150", "Porto Alegre"),
        ("4002#-040", "Salvador"),
        ("5001#-230", "Recife"),
        ("8801#-300", "Florianópolis"),
        ("6002#-100", "Fortaleza"),
        ("7004#-900", "Brasília"),
    ],
    address: "{street}, {number}, {code} {town}",
};
